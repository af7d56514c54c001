/** What is asked of a label or field, as in selectors and node affinity. */
export interface Requirement {
  key: string;
  operator: string;
  values?: readonly string[];
}

/** Whether a value (undefined where there is none) is what is asked for; false for an operator that does not exist. */
export function satisfies(value: string | undefined, { operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
