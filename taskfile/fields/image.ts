import type { Report } from '../report.js';
import { children, quote, type Value } from '../tree.js';
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
  if (value.node.kind !== 'map') return readReference(value, report);
  const regions = children(value.node, value.path);
  const single = regions.length === 1 ? regions[0] : undefined;
  const chosen = regions.find((region) => KUBERNETES_KEYS.has(region.key)) ?? single;
  if (chosen !== undefined) return readReference(chosen, report);
  const message = `names ${regions.length} images, none of them for Kubernetes`;
  return report.refuse(value, message, 'write one image, or one with the key kubernetes');
}

function readReference(value: Value, report: Report): string | undefined {
  const text = readString(value, report);
  if (text === undefined || text === '') return undefined;
  if (CLOUD_IMAGE.test(text)) {
    const fix = 'name a container image, for example python:3.13-slim';
    return report.refuse(value, `${quote(text)} is a machine image of a cloud`, fix);
  }
  const image = text.startsWith('docker:') ? text.slice('docker:'.length) : text;
  if (image.length <= MAX_LENGTH && REFERENCE.test(image)) return image;
  return report.refuse(value, `${quote(image)} is not a container image`, fixFor(image));
}

function fixFor(image: string): string {
  if (image.includes('://')) return 'leave the protocol out, as in registry.example.com/team/image:tag';
  const lower = image.toLowerCase();
  const onlyCase = image.length <= MAX_LENGTH && image !== lower && REFERENCE.test(lower);
  return onlyCase ? `image names are lower case: ${lower}` : 'write name:tag, for example python:3.13-slim';
}
