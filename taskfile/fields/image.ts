import type { Report } from '../report.js';
import { children, describe, quote, type Value } from '../tree.js';
import { readString } from './field.js';

const MAX_LENGTH = 512;
const CLOUD_IMAGE = /^(?:ami-|projects\/|ocid1\.|skypilot:)/;
const PART = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const HOST = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?`;
const REFERENCE = new RegExp(
  String.raw`^(?:${HOST}/)?${PART}(?:/${PART})*(?::\w[\w.-]{0,127})?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,})?$`,
);
const KUBERNETES_KEYS = new Set(['kubernetes', 'k8s']);

/** The container image, from `image`, `docker:image`, or a mapping of regions with one that is meant here. */
export function readImage(value: Value, report: Report): string | undefined {
  if (value.node.kind === 'map') return readRegions(value, report);
  const text = readString(value, report);
  if (text === undefined || text === '') return undefined;
  const spot = { path: value.path, at: value.node.at };
  if (CLOUD_IMAGE.test(text)) {
    report.refuse(
      spot,
      `${quote(text)} is a machine image of a cloud`,
      'name a container image, for example python:3.13-slim',
    );
    return undefined;
  }
  const image = text.startsWith('docker:') ? text.slice('docker:'.length) : text;
  if (image.length <= MAX_LENGTH && REFERENCE.test(image)) return image;
  report.refuse(spot, `${quote(image)} is not a container image`, fixFor(image));
  return undefined;
}

function fixFor(image: string): string {
  if (image.includes('://')) return 'leave the protocol out, as in registry.example.com/team/image:tag';
  const lower = image.toLowerCase();
  return image !== lower && REFERENCE.test(lower)
    ? `image names are lower case: ${lower}`
    : 'write name:tag, for example python:3.13-slim';
}

function readRegions(value: Value, report: Report): string | undefined {
  if (value.node.kind !== 'map') return undefined;
  const regions = children(value.node, value.path);
  const chosen =
    regions.find((region) => KUBERNETES_KEYS.has(region.key)) ?? (regions.length === 1 ? regions[0] : undefined);
  if (chosen === undefined || chosen.node.kind === 'map') {
    report.refuse(
      { path: value.path, at: value.node.at },
      `names ${regions.length} images, none of them for Kubernetes`,
      'write one image, or one with the key kubernetes',
    );
    return undefined;
  }
  if (chosen.node.kind === 'null') {
    report.refuse(
      { path: chosen.path, at: chosen.keyAt },
      `must be an image, not ${describe(chosen.node)}`,
      'write name:tag',
    );
    return undefined;
  }
  return readImage(chosen, report);
}
