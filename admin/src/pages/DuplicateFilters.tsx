import type { DuplicatesResponse } from '../../../plugin/contracts/admin';
import { Choice } from '../components/Choice';
import { Slider } from '../components/Slider';
import type { Address } from '../hooks/use-address';
import { useText } from '../hooks/use-text';
import { ScopeFilters } from './ScopeFilters';

interface DuplicateFiltersProps {
  address: Address;
  samePhoto: boolean;
  least: number | undefined;
  data: DuplicatesResponse | undefined;
}

/** Which groups are looked for; all of it is in the address. */
export function DuplicateFilters({ address, samePhoto, least, data }: DuplicateFiltersProps) {
  const text = useText();
  return (
    <>
      <Choice
        label={text('duplicates.kind')}
        value={samePhoto ? 'same-photo' : 'similar'}
        onChange={(value) => address.set({ find: value === 'same-photo' ? undefined : value, page: undefined })}
        options={[
          { value: 'same-photo', label: text('duplicates.kind.samePhoto') },
          { value: 'similar', label: text('duplicates.kind.similar') },
        ]}
        width="260px"
      />
      {!samePhoto && (
        <Slider
          label={text('duplicates.least')}
          value={least ?? data?.least ?? 0.9}
          min={0.8}
          max={1}
          levels={data?.levels}
          onChange={(value) => address.set({ least: String(value), page: undefined }, true)}
        />
      )}
      <ScopeFilters address={address} />
    </>
  );
}
