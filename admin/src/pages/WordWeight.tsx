import { Choice } from '../components/Choice';
import { useText } from '../hooks/use-text';

/** What `wordWeight` is for each; “as much” is what the server takes by itself. */
export const WORD_WEIGHTS = { less: 0.25, as: undefined, more: 0.75 } as const;

export type WordWeightName = keyof typeof WORD_WEIGHTS;

const NAMES = Object.keys(WORD_WEIGHTS) as WordWeightName[];

interface WordWeightProps {
  weight: WordWeightName;
  onChange(weight: WordWeightName): void;
}

/** How much words count beside the picture that is asked about. */
export function WordWeight({ weight, onChange }: WordWeightProps) {
  const text = useText();
  return (
    <Choice
      label={text('explore.wordWeight')}
      value={weight}
      onChange={(next) => onChange(next as WordWeightName)}
      options={NAMES.map((value) => ({ value, label: text(`explore.wordWeight.${value}`) }))}
    />
  );
}
