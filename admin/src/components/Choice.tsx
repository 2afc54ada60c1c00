import { Field, SingleSelect, SingleSelectOption } from '@strapi/design-system';

interface ChoiceProps {
  label: string;
  value: string;
  options: Array<{ value: string; label: string }>;
  width?: string;
  onChange(value: string): void;
}

/** One of several, with its label. */
export function Choice({ label, value, options, width = '220px', onChange }: ChoiceProps) {
  return (
    <Field.Root width={width}>
      <Field.Label>{label}</Field.Label>
      <SingleSelect value={value} onChange={(next: string | number) => onChange(String(next))}>
        {options.map((option) => (
          <SingleSelectOption key={option.value} value={option.value}>
            {option.label}
          </SingleSelectOption>
        ))}
      </SingleSelect>
    </Field.Root>
  );
}
