// biome-ignore lint/suspicious/noExplicitAny: a pod spec, see KubeObject
type PodSpec = any;

/** What the submitter has to be told: nothing is pulled here. */
export function ignoredImage(spec: PodSpec): string[] {
  const images = new Set<string>((spec?.containers ?? []).map(({ image }: { image: string }) => image));
  if (images.size === 0) return [];
  return [
    `image ${[...images].map((image) => JSON.stringify(image)).join(', ')} is ignored: the embedded cluster pulls no ` +
      "images, the program runs with this machine's own files",
  ];
}
