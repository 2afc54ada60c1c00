import { Box } from '@strapi/design-system';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useText } from '../hooks/use-text';
import { SearchField } from './SearchField';

interface WordSearchProps {
  /** Empty: none. */
  words: string;
  onSearch(words: string): void;
}

/** Words that pictures should show: searched for with Enter, since a model has to read them. */
export function WordSearch({ words, onSearch }: WordSearchProps) {
  const text = useText();
  const [typed, setTyped] = useState(words);
  // The browser's Back brings other words.
  useEffect(() => setTyped(words), [words]);

  const clear = () => {
    setTyped('');
    onSearch('');
  };

  return (
    <Box role="search">
      <SearchField
        name="similar-words"
        value={typed}
        placeholder={text('explore.words')}
        clearLabel={text('explore.clearWords')}
        onChange={({ target }: { target: { value: string } }) => setTyped(target.value)}
        onClear={clear}
        // No form of its own: in the edit view it would be inside that of the entry, which Enter would save.
        onKeyDown={(event: KeyboardEvent) => {
          event.stopPropagation();
          if (event.key === 'Escape') clear();
          if (event.key !== 'Enter') return;
          event.preventDefault();
          onSearch(typed.trim());
        }}
      >
        {text('explore.words')}
      </SearchField>
    </Box>
  );
}
