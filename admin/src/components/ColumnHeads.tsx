import { Th, Thead, Tr, Typography } from '@strapi/design-system';
import type { TextId } from '../hooks/use-text';
import { useText } from '../hooks/use-text';

interface ColumnHeadsProps {
  ids: readonly TextId[];
  /** Rows end in what can be done with them. */
  hasActions?: boolean;
}

/** The head of a table. */
export function ColumnHeads({ ids, hasActions = true }: ColumnHeadsProps) {
  const text = useText();
  return (
    <Thead>
      <Tr>
        {ids.map((id) => (
          <Th key={id}>
            <Typography variant="sigma">{text(id)}</Typography>
          </Th>
        ))}
        {hasActions && <Th> </Th>}
      </Tr>
    </Thead>
  );
}
