import type { TreeNode } from './tree.js';

/**
 * What Python's str() makes of a scalar (`True`, `1.0`, `1e-05`), which is what SkyPilot puts into environment variables;
 * undefined for null, lists and mappings.
 */
export function pythonStr(node: TreeNode): string | undefined {
  if (node.kind === 'string' || node.kind === 'date') return node.value;
  if (node.kind === 'bool') return node.value ? 'True' : 'False';
  if (node.kind === 'int') return node.value.toString();
  return node.kind === 'float' ? pythonFloat(node.value) : undefined;
}

/** Python's repr of a float: the same shortest digits as JavaScript's, but another idea of when to use an exponent. */
function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const digits = Math.abs(exponent).toString().padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const plain = exponent < 0 ? value.toFixed(mantissa.replace(/[-.]/g, '').length - 1 - exponent) : value.toString();
  return plain.includes('.') ? plain : `${plain}.0`;
}
