interface Pressed {
  isComposing: boolean;
  keyCode: number;
}

/** Safari ends the word before it tells of the key that ended it, and leaves this number in place of the key's own. */
const takenByInputMethod = 229;

/** The key belongs to an input method that still writes a word: Enter ends the word, Escape takes it back, and neither means more. */
export const isForInputMethod = ({ isComposing, keyCode }: Pressed): boolean =>
  isComposing || keyCode === takenByInputMethod;
