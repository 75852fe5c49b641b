// Compiles contract.ts, and then once more for each of some changes on one side
// alone, as somebody could make them: the compiler must refuse every one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const frontend = resolve(import.meta.dirname, '..');
const at = (path) => resolve(frontend, path);
const MODELS = 'wailsjs/go/models.ts';
const service = (name) => `wailsjs/go/window/${name}.d.ts`;

const settings = ts.getParsedCommandLineOfConfigFile(
  at('e2e/tsconfig.json'),
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (each) => assert.fail(said([each])[0]),
  },
);
/** What is not changed is read once. */
const read = new Map();

function said(diagnostics) {
  return diagnostics.map((each) => {
    const text = ts.flattenDiagnosticMessageText(each.messageText, '\n');
    return each.file ? `${each.file.fileName.slice(frontend.length + 1)}: ${text}` : text;
  });
}

/** What the compiler says while this file is another one. */
function compiled(path, changedText) {
  const host = ts.createCompilerHost(settings.options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => {
    if (path && resolve(name) === at(path)) {
      return ts.createSourceFile(name, changedText, ts.ScriptTarget.ES2022, true);
    }
    if (!read.has(name)) read.set(name, getSourceFile.call(host, name, ...rest));
    return read.get(name);
  };
  const program = ts.createProgram(settings.fileNames, settings.options, host);
  return said(ts.getPreEmitDiagnostics(program));
}

test('the page and Go agree', () => {
  assert.deepEqual(compiled(), []);
  const services = readdirSync(at('wailsjs/go/window')).filter((name) => name.endsWith('.d.ts'));
  const contract = readFileSync(at('e2e/contract.ts'), 'utf8');
  for (const name of services) {
    assert.ok(contract.includes(`/${name.replace('.d.ts', '')}'`), `contract.ts knows ${name}`);
  }
});

const CHANGES = [
  [
    'a field of Go has another name',
    MODELS,
    'idleMinutes: number',
    'lockMinutes: number',
    /samples.*Minutes/s,
  ],
  [
    'a field of Go has another type',
    MODELS,
    'activeInCliniko: number',
    'activeInCliniko: string',
    /samples.*string/s,
  ],
  [
    'a field that is said more exactly has another type',
    MODELS,
    'phase: string',
    'phase: number',
    /types\.ts/,
  ],
  ['a field that is said more exactly is gone', MODELS, 'privacyPolicy: string;', '', /types\.ts/],
  ['Go has one field more', MODELS, 'keyEnds: string;', 'keyEnds: string; note: string;', /testing.*note/s],
  [
    'the page says of a field what Go does not',
    'src/lib/api/types.ts',
    'state: LinkState',
    'state: LinkState; port: number',
    /types\.ts/,
  ],
  [
    'a parameter has another type',
    service('Profiles'),
    'Get(arg1:string)',
    'Get(arg1:number)',
    /parameter 0 of Profiles\.Get/,
  ],
  ['a field of a parameter has another type', MODELS, 'noPhone: boolean', 'noPhone: number', /types\.ts/],
  [
    'a method has one parameter more',
    service('People'),
    'SignOut()',
    'SignOut(arg1:boolean)',
    /People\.SignOut/,
  ],
  [
    'a method answers something else',
    service('Links'),
    'Test():Promise<boolean>',
    'Test():Promise<string>',
    /answer of Links\.Test/,
  ],
  [
    'a method of Go is gone',
    service('Security'),
    /export function Lock\(.*/,
    '',
    /Security\.Lock is not Go's/,
  ],
  [
    'Go has one method more',
    service('Sync'),
    'export function Now()',
    'export function Pause():Promise<void>;\nexport function Now()',
    /Sync\.Pause is not the page's/,
  ],
  [
    'the page asks for a type of its own',
    'src/lib/api/bridge.ts',
    'Promise<T.DayView[] | null>',
    'Promise<{ passes: string }[] | null>',
    /answer of Sync\.Days/,
  ],
];

for (const [what, path, from, to, refusal] of CHANGES) {
  test(`is broken where ${what}`, () => {
    const text = readFileSync(at(path), 'utf8');
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${path} has ${from}`);
    assert.match(compiled(path, changed).join('\n'), refusal);
  });
}
