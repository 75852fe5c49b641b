/** The words of VALD Hub, read with the screens that use them. */
import { add } from '.';
import words from './hub.json';

add(words);
