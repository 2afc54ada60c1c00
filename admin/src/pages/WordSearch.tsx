import { Searchbar, SearchForm } from '@strapi/design-system';
import { type FormEvent, useEffect, useState } from 'react';
import { useText } from '../hooks/use-text';

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

  return (
    <SearchForm
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <Searchbar
        name="similar-words"
        value={typed}
        placeholder={text('explore.words')}
        clearLabel={text('explore.clearWords')}
        onChange={({ target }: { target: { value: string } }) => setTyped(target.value)}
        onClear={() => {
          setTyped('');
          onSearch('');
        }}
      >
        {text('explore.words')}
      </Searchbar>
    </SearchForm>
  );
}
