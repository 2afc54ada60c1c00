import { Button, Flex, Typography } from '@strapi/design-system';
import type { ProposedValue } from '../../../plugin/contracts/proposals';
import { useText } from '../hooks/use-text';
import type { EditForm } from '../panel/use-edit-form';
import { keepFocus } from '../utils/keep-focus';

const labelOf = (proposed: ProposedValue) => ('entry' in proposed ? proposed.entry.label : proposed.value);

/** Values of enumerations and relations: into the form, which the editor saves. */
export function ProposedValues({ values, form }: { values: ProposedValue[]; form: EditForm }) {
  const text = useText();
  if (values.length === 0) return null;

  function take(proposed: ProposedValue): void {
    // What is filled is proposed no more.
    keepFocus(document.activeElement);
    if ('entry' in proposed) form.connect(proposed.attribute, proposed.entry);
    else form.setValue(proposed.attribute, proposed.value);
  }

  return (
    <Flex tag="ul" direction="column" alignItems="stretch" gap={3} aria-label={text('propose.values')}>
      {values.map((proposed) => {
        const { attribute, votes, of } = proposed;
        const named = { field: form.labelOf(attribute) as string, value: labelOf(proposed) };
        return (
          <Flex key={attribute} tag="li" direction="column" alignItems="flex-start" gap={1}>
            <Flex direction="column" alignItems="flex-start" maxWidth="100%">
              <Typography variant="pi">{text('propose.value', named)}</Typography>
              <Typography variant="pi" textColor="neutral600">
                {text('propose.votes', { votes, of })}
              </Typography>
            </Flex>
            <Button
              size="S"
              variant="tertiary"
              aria-label={text('propose.takeValue', named)}
              onClick={() => take(proposed)}
            >
              {text('propose.use')}
            </Button>
          </Flex>
        );
      })}
    </Flex>
  );
}
