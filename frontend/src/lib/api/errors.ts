import { t } from '$lib/i18n';
import type { ErrorView } from './types';

/** Every failed call rejects with this; `view` may be shown as it is. */
export class ApiError extends Error {
  constructor(readonly view: ErrorView) {
    super(view.message);
    this.name = 'ApiError';
  }

  get code(): string {
    return this.view.code;
  }
}

const CODED = /^([a-z]+(?:_[a-z]+)*): (.+)$/s;

function isView(value: unknown): value is Partial<ErrorView> & { code: string; message: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

/** Go's errors come as an object, as its JSON in a text, or (a bug) as a bare text. */
function fromText(text: string): ErrorView {
  if (text.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (isView(parsed)) return { until: '', wait: 0, ...parsed };
    } catch {
      // Not JSON after all: treated as a bare text below.
    }
  }
  const coded = CODED.exec(text);
  if (coded?.[1] && coded[2]) return { code: coded[1], message: coded[2], until: '', wait: 0 };
  return { code: 'internal', message: t('error.internal'), until: '', wait: 0 };
}

/** Makes of anything that was thrown an error that a person may read. */
export function toErrorView(thrown: unknown): ErrorView {
  if (thrown instanceof ApiError) return thrown.view;
  if (isView(thrown)) return { ...thrown, until: thrown.until ?? '', wait: thrown.wait ?? 0 };
  if (thrown instanceof Error) return fromText(thrown.message);
  if (typeof thrown === 'string') return fromText(thrown);
  return { code: 'internal', message: t('error.internal'), until: '', wait: 0 };
}
