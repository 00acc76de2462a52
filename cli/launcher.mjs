#!/usr/bin/env node
// `npx scim-stack`: on whatever Node the machine has, so it uses nothing that an old one lacks.
import '../tools/require-node.mjs'; // ends the process where Node is too old

await import('./main.ts');
