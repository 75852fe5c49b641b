/**
 * Returns what reads again: one reading at a time, and however often it is asked
 * for meanwhile, once more afterwards.
 */
export function oneAtATime(read: () => Promise<void>): () => Promise<void> {
  let reading = false;
  let again = false;
  return async () => {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again) {
        again = false;
        await read();
      }
    } finally {
      reading = false;
    }
  };
}
