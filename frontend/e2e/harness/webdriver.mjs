// A small W3C WebDriver client, for the real window: no browser library can
// drive the system's own web view.
import { PATIENCE } from './processes.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Starts a session on a running driver. options go to the browser's own part. */
export async function openSession(driver, options) {
  const { sessionId } = await send(driver, 'POST', '/session', {
    capabilities: { alwaysMatch: {
        'webkitgtk:browserOptions': options,
        timeouts: { script: PATIENCE * 1000 },
      } },
  });
  return new Session(driver, `/session/${sessionId}`);
}

async function send(driver, method, path, body) {
  const response = await fetch(driver + path, {
    method,
    body: body && JSON.stringify(body),
    headers: body && { 'Content-Type': 'application/json' },
    signal: AbortSignal.timeout(PATIENCE * 1000),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value?.error} ${value?.message}`);
  return value;
}

class Session {
  constructor(driver, path) {
    this.driver = driver;
    this.path = path;
  }

  #send(method, path, body) {
    return send(this.driver, method, this.path + path, body);
  }

  /** Runs the body of a function in the page and returns what it returns. */
  run(script, ...args) {
    return this.#send('POST', '/execute/sync', { script, args });
  }

  /** Calls a method of the Go side, such as call('About.State'). */
  async call(method, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      const [service, method] = arguments[0].split('.');
      window.go.window[service][method](...arguments[1])
        .then((value) => done({ value }), (error) => done({ error: String(error?.message ?? error) }));`;
    const answer = await this.#send('POST', '/execute/async', { script, args: [method, args] });
    if (answer.error) throw new Error(`${method}: ${answer.error}`);
    return answer.value;
  }

  /** Clicks as a person does: where the element is painted. */
  async click(element) {
    await this.#send('POST', `/element/${element[ELEMENT]}/click`, {});
  }

  async type(element, text) {
    await this.#send('POST', `/element/${element[ELEMENT]}/value`, { text });
  }

  /** What the page says, as a person reads it. */
  text() {
    return this.run('return document.body.innerText');
  }

  /**
   * The visible element of a role with an accessible name that fits, or null.
   *
   * @param {string} role button, link, textbox, heading, …
   * @param {RegExp} name
   */
  find(role, name) {
    return this.run(FIND, role, name.source, name.flags);
  }

  /** Ends the app. The driver then says that there is no such window. */
  async close() {
    await this.#send('DELETE', '').catch(() => undefined);
  }
}

// Roles and names as far as these tests need them.
const FIND = `
  const [role, source, flags] = arguments;
  const selectors = {
    button: 'button, [role=button]', link: 'a[href], [role=link]', heading: 'h1, h2, h3, [role=heading]',
    textbox: 'input:not([type=checkbox]):not([type=radio]), textarea, [role=textbox], [role=searchbox]',
  };
  const label = (e) => e.getAttribute('aria-label')
    ?? (e.labels?.length ? [...e.labels].map((l) => l.innerText).join(' ') : null)
    ?? (e.innerText?.trim() || e.title || e.placeholder || '');
  const wanted = new RegExp(source, flags);
  return [...document.querySelectorAll(selectors[role] ?? '[role=' + role + ']')]
    .find((e) => e.checkVisibility() && wanted.test(label(e).trim())) ?? null;`;
