import { keep, recall } from './kept';

export const CHOICES = ['system', 'light', 'dark'] as const;
export type Choice = (typeof CHOICES)[number];

/** Light or dark: as the system, or as somebody chose. public/start.js does the same before the first paint. */
export class Appearance {
  choice = $state<Choice>('system');
  #systemIsDark = $state(false);

  readonly dark = $derived(this.choice === 'system' ? this.#systemIsDark : this.choice === 'dark');

  constructor() {
    const kept = recall('appearance');
    if (kept === 'light' || kept === 'dark') this.choice = kept;
  }

  choose(choice: Choice) {
    this.choice = choice;
    keep('appearance', choice);
  }

  /** Keeps the page in these colours until the answer is called. */
  follow(): () => void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const look = () => {
      this.#systemIsDark = system.matches;
    };
    look();
    system.addEventListener('change', look);
    const stop = $effect.root(() => {
      $effect(() => {
        document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
      });
    });
    return () => {
      stop();
      system.removeEventListener('change', look);
    };
  }
}

export const appearance = new Appearance();
