/** A span of time as people say it, in at most two units: 45s, 3m20s, 5h10m, 12d. Negative spans count as none. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return join(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 10) return join(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 ? join(days, 'd', hours % 24, 'h') : `${days}d`;
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

/** The same with blanks, for sentences: 45 s, 3 m 20 s. */
export function formatSpokenSpan(ms: number): string {
  return formatSpan(ms).replaceAll(/\d+/g, ' $& ').trim();
}
