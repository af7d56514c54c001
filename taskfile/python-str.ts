import type { TreeNode } from './tree.js';

/**
 * What Python's str() makes of a scalar (`True`, `1.0`, `1e-05`), which is what SkyPilot puts into environment variables;
 * undefined for null, lists and mappings.
 */
export function pythonStr(node: TreeNode): string | undefined {
  switch (node.kind) {
    case 'string':
    case 'date':
      return node.value;
    case 'bool':
      return node.value ? 'True' : 'False';
    case 'int':
      return node.value.toString();
    case 'float':
      return pythonFloat(node.value);
    case 'null':
    case 'list':
    case 'map':
      return undefined;
  }
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
