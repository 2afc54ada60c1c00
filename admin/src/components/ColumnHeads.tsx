import { Th, Thead, Tr, Typography } from '@strapi/design-system';
import type { TextId } from '../hooks/use-text';
import { useText } from '../hooks/use-text';

/** The head of a table whose rows end in what can be done with them. */
export function ColumnHeads({ ids }: { ids: readonly TextId[] }) {
  const text = useText();
  return (
    <Thead>
      <Tr>
        {ids.map((id) => (
          <Th key={id}>
            <Typography variant="sigma">{text(id)}</Typography>
          </Th>
        ))}
        <Th> </Th>
      </Tr>
    </Thead>
  );
}
