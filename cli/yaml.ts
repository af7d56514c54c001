/** The parts of the YAML library that are used, apart, so that only commands that need them load them. */
export { parseDocument, stringify } from 'yaml';
