// What is measured: told at the end of `make test`, with the load of the machine,
// and no reason to fail.
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { results } from './paths.mjs';

/** A line of a figure with its target, which says so where it is missed. */
export const line = (text, value, target, unit = '') =>
  `${text} (target ${target}${unit && ` ${unit}`})${value > target ? '  OVER ITS TARGET' : ''}`;

/** Prints the lines, and leaves them for the summary. */
export function tell(name, title, lines) {
  const text = [`${title} (load ${loadavg()[0].toFixed(1)})`, ...lines].join('\n  ');
  mkdirSync(`${results}/figures`, { recursive: true });
  writeFileSync(`${results}/figures/${name}`, `${text}\n`);
  console.log(text);
}
