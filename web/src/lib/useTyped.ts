import { useState } from "react";

/**
 * The text of a field whose value is kept elsewhere, in the address say: it follows the keys at once, however late that
 * place follows, and takes over what is changed there by others.
 */
export function useTyped(kept: string, keep: (text: string) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(kept);
  const [known, setKnown] = useState(kept);
  const [sent, setSent] = useState<readonly string[]>([]);
  if (known !== kept) {
    setKnown(kept);
    // What comes back late is what was typed before, and not to be typed over what has been typed since.
    const at = sent.indexOf(kept);
    setSent(at < 0 ? [] : sent.slice(at + 1));
    if (at < 0) setTyped(kept);
  }
  return [
    typed,
    (text) => {
      setTyped(text);
      setSent((now) => [...now, text]);
      keep(text);
    },
  ];
}
