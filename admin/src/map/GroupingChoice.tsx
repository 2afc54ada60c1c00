import { SingleSelect, SingleSelectOption } from '@strapi/design-system';
import { MAP_GROUPINGS, type MapGrouping } from '../../../plugin/contracts/map';
import { useText } from '../hooks/use-text';

const NOTHING = 'nothing';

interface GroupingChoiceProps {
  by: MapGrouping | undefined;
  onChange(by: MapGrouping | undefined): void;
}

/** What the map is coloured by. Each option says so in full: there is no room for a label above. */
export function GroupingChoice({ by, onChange }: GroupingChoiceProps) {
  const text = useText();
  return (
    <SingleSelect
      size="S"
      aria-label={text('map.colours')}
      value={by ?? NOTHING}
      onChange={(next: string | number) => onChange(MAP_GROUPINGS.find((one) => one === next))}
    >
      <SingleSelectOption value={NOTHING}>{text('map.by.nothing')}</SingleSelectOption>
      {MAP_GROUPINGS.map((one) => (
        <SingleSelectOption key={one} value={one}>
          {text(`map.by.${one}`)}
        </SingleSelectOption>
      ))}
    </SingleSelect>
  );
}
