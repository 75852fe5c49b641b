/** Where Cliniko and most of its clinics are. */
const USUAL = 'en-AU';

/**
 * The locale to write in, given the web view's own. A computer that was never told
 * one runs in C or POSIX, which writes 1929 for 1,929 and dates as nobody does.
 */
export function localeFor(own: string): string {
  try {
    const canonical = new Intl.Locale(own.replace(/_/g, '-').replace(/\..*$/, ''));
    const untold = /posix/i.test(own) || canonical.language === 'und';
    return untold ? USUAL : canonical.toString();
  } catch {
    return USUAL; // "C" is no language tag
  }
}
