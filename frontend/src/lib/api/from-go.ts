/**
 * Makes the page's types of those that Wails writes for Go's
 * (wailsjs/go/models.ts). Go knows no literal types, and Wails writes a pointer as
 * a field that may be left out, although it comes as null.
 */

/** A type of Go's as its values come: nothing is left out. */
export type FromGo<Go> = 0 extends 1 & Go
  ? unknown // what Wails has no type for
  : Go extends readonly (infer Row)[]
    ? FromGo<Row>[]
    : Go extends object
      ? {
          [Name in keyof Go]-?:
            FromGo<Exclude<Go[Name], undefined>> | (undefined extends Go[Name] ? null : never);
        }
      : Go;

/**
 * A type of Go's with some of its fields said more exactly: a few texts instead of
 * any, null for an empty list, or rows that are themselves more exact. A field that
 * Go does not have, or has with another type, does not compile.
 */
export type Narrow<Go, Exact extends Fitting<Go, Exact>> = Omit<FromGo<Go>, keyof Exact> & Exact;

type Fitting<Go, Exact> = {
  [Name in keyof Exact]: Name extends keyof Go
    ? Same<Widened<Exact[Name]>, Widened<Go[Name]>> extends true
      ? Exact[Name]
      : Widened<Go[Name]>
    : never;
};

/** What is left of a type once everything is forgotten that Go cannot say. */
export type Widened<Type> = Widen<Exclude<Type, null | undefined>>;

type Widen<Type> = Type extends string
  ? string
  : Type extends number
    ? number
    : Type extends boolean
      ? boolean
      : Type extends readonly (infer Row)[]
        ? Widened<Row>[]
        : Type extends object
          ? { [Name in keyof Type]-?: Widened<Type[Name]> }
          : Type;

export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
