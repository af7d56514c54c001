#!/usr/bin/env node
/**
 * What dist/cli/main.js is: it runs the program that lies beside it in parts, and keeps what Node compiled of them. Compiling is most
 * of what a short command does. It loads next to nothing itself.
 */

import { compiledCode } from './compiled-code.js';
import { loader } from './loader.js';

const code = compiledCode(process.env, Date.now);
// However the program ends, short of a signal; what it had to say has been said by then.
process.on('exit', () => code.save());
loader(__dirname, code, require)('./program.js');
