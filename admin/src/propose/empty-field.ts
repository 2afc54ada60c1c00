import type { FormComponents, MediaField, Step } from '../panel/form-files';

export interface EmptyPlace {
  /** As the form names it. */
  path: string;
  /** As the editor sees it, e.g. `Blocks 2 › Image`. */
  label: string;
  multiple: boolean;
}

interface Form {
  fields: readonly MediaField[];
  components: FormComponents;
  /** How the form calls an attribute; undefined where it does not show it, or it may not be changed. */
  labelOf(step: Step): string | undefined;
}

/**
 * The first media field of these paths that is empty and that the form shows. If there is none, one in a component that the form would
 * have to add: only where Strapi itself would add it with nothing in it, and where nothing but the picture is needed in it.
 */
export function firstEmptyField(
  paths: readonly string[][],
  { fields, components, labelOf }: Form,
): EmptyPlace | undefined {
  const empty = fields.filter(({ value, steps }) => isEmpty(value) && steps.every((step) => labelOf(step)));
  const inOrder = paths.flatMap((path) => empty.filter(({ steps }) => typePathOf(steps) === path.join('.')));
  const found =
    inOrder.find(({ steps }) => steps.every(({ held }) => held)) ??
    inOrder.find(({ steps }) => steps.every((step) => step.held || standsAlone(step, components)));
  if (!found) return undefined;
  const label = found.steps.map((step) => `${labelOf(step)}${step.at === undefined ? '' : ` ${step.at + 1}`}`);
  const { multiple = false } = (found.steps.at(-1) as Step).attribute;
  return { path: found.path, label: label.join(' › '), multiple };
}

const isEmpty = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);

/** As the types of the plugin name it: without positions, and in a dynamic zone with the component. */
function typePathOf(steps: readonly Step[]): string {
  const names = steps.map(({ name, component }, at) =>
    steps[at - 1]?.attribute.type === 'dynamiczone' ? `${component}.${name}` : name,
  );
  return names.join('.');
}

/** Whether its component can be without all of its other attributes, and does not begin with any. */
const standsAlone = ({ name, component }: Step, components: FormComponents) =>
  Object.entries(components[component as string]?.attributes ?? {}).every(
    ([other, attribute]) => other === name || (!attribute.required && attribute.default === undefined),
  );
