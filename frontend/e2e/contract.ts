// What the page asks of Go against what Wails writes of Go's services: compiled
// only. A service, method, parameter, answer or field that one side has and the
// other has not, or has with another type, is an error here, which names it.
// contract.test.mjs shows that it would be.
import type * as About from '../wailsjs/go/window/About';
import type * as Attention from '../wailsjs/go/window/Attention';
import type * as Clinics from '../wailsjs/go/window/Clinics';
import type * as Computers from '../wailsjs/go/window/Computers';
import type * as Hub from '../wailsjs/go/window/Hub';
import type * as Integration from '../wailsjs/go/window/Integration';
import type * as Links from '../wailsjs/go/window/Links';
import type * as People from '../wailsjs/go/window/People';
import type * as PIN from '../wailsjs/go/window/PIN';
import type * as Profiles from '../wailsjs/go/window/Profiles';
import type * as Security from '../wailsjs/go/window/Security';
import type * as Sync from '../wailsjs/go/window/Sync';
import type * as Today from '../wailsjs/go/window/Today';
import type { Services } from '../src/lib/api/bridge';
import type { Same, Widened } from '../src/lib/api/from-go';

interface Bound {
  About: typeof About;
  Attention: typeof Attention;
  Clinics: typeof Clinics;
  Computers: typeof Computers;
  Hub: typeof Hub;
  Integration: typeof Integration;
  Links: typeof Links;
  People: typeof People;
  PIN: typeof PIN;
  Profiles: typeof Profiles;
  Security: typeof Security;
  Sync: typeof Sync;
  Today: typeof Today;
}

/** Where two types differ, as far as both sides can say it; never: nowhere. */
type Difference<Page, Go, Where extends string> =
  Same<Page, Go> extends true
    ? never
    : [Page, Go] extends [readonly (infer Shown)[], readonly (infer Sent)[]]
      ? Difference<Shown, Sent, `${Where}[]`>
      : [Page, Go] extends [object, object]
        ? FieldDifference<Page, Go, Where>
        : `${Where} has two types`;

type FieldDifference<Page, Go, Where extends string> = {
  [Name in (keyof Page | keyof Go) & string]: Name extends keyof Page
    ? Name extends keyof Go
      ? Difference<Page[Name], Go[Name], `${Where}.${Name}`>
      : `${Where}.${Name} is not Go's`
    : `${Where}.${Name} is not the page's`;
}[(keyof Page | keyof Go) & string];

type MethodDifference<Page, Go, Where extends string> = [Page, Go] extends [
  (...given: infer Given extends unknown[]) => Promise<infer Shown>,
  (...taken: infer Taken extends unknown[]) => Promise<infer Sent>,
]
  ?
      | Difference<Widened<Shown>, Widened<Sent>, `answer of ${Where}`>
      | (Same<Given['length'], Taken['length']> extends true
          ? ParameterDifference<Given, Taken, Where>
          : `${Where} has two numbers of parameters`)
  : `${Where} is no method`;

type ParameterDifference<Given extends unknown[], Taken extends unknown[], Where extends string> = {
  [Nth in keyof Given]: Nth extends keyof Taken
    ? Difference<Widened<Given[Nth]>, Widened<Taken[Nth]>, `parameter ${Nth & string} of ${Where}`>
    : never;
}[number];

type ServiceDifference<Page, Go, Where extends string> = {
  [Name in (keyof Page | keyof Go) & string]: Name extends keyof Page
    ? Name extends keyof Go
      ? MethodDifference<Page[Name], Go[Name], `${Where}.${Name}`>
      : `${Where}.${Name} is not Go's`
    : `${Where}.${Name} is not the page's`;
}[(keyof Page | keyof Go) & string];

/** Compiles for nothing but never: the error shows what is left over. */
type None<T extends never> = T;

export type EveryServiceIsKnown = None<
  Exclude<keyof Bound, keyof Services> | Exclude<keyof Services, keyof Bound>
>;
export type EveryMethodIsTheSame = None<
  {
    [Name in keyof Bound]: ServiceDifference<Services[Name], Bound[Name], Name>;
  }[keyof Bound]
>;
