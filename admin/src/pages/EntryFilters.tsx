import { Flex } from '@strapi/design-system';
import { Filters, unstable_useDocumentLayout } from '@strapi/strapi/admin';
import { useMemo } from 'react';

/** What the content manager compares with a value; relations by the title of what they lead to. */
const COMPARED = new Set([
  ...['string', 'text', 'email', 'uid', 'enumeration', 'boolean', 'relation'],
  ...['integer', 'biginteger', 'float', 'decimal', 'date', 'time', 'datetime'],
]);

/** The content manager's own filters, by the fields of an entry. It keeps them in the address, as above its list. */
export function EntryFilters({ type: uid }: { type: string }) {
  const { edit } = unstable_useDocumentLayout(uid);
  const options = useMemo(
    () =>
      edit.layout.flat(2).flatMap(({ name, label, type, attribute, mainField }): Filters.Filter[] => {
        if (!COMPARED.has(type)) return [];
        const values = attribute?.type === 'enumeration' ? attribute.enum : undefined;
        return [
          {
            ...{ name, label, type: type as Filters.Filter['type'] },
            ...(values && { options: values.map((value: string) => ({ label: value, value })) }),
            ...(type === 'relation' && { mainField: mainField as Filters.Filter['mainField'] }),
          },
        ];
      }),
    [edit],
  );
  return (
    <Flex gap={2} wrap="wrap" minHeight="32px">
      {options.length > 0 && (
        <Filters.Root options={options}>
          <Filters.Trigger />
          <Filters.Popover />
          <Filters.List />
        </Filters.Root>
      )}
    </Flex>
  );
}
