import en from './en.json';

type Word = keyof typeof en.words;

const isWord = (word: string): word is Word => Object.hasOwn(en.words, word);

/** What this clinic calls the people it treats. */
class Words {
  #word = $state<Word>('client');

  use(word: string) {
    this.#word = isWord(word) ? word : 'client';
  }

  one(): string {
    return en.words[this.#word].one;
  }

  many(): string {
    return en.words[this.#word].many;
  }
}

export const words = new Words();
