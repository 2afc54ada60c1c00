type Hdf5 = typeof import('h5wasm', { with: { 'resolution-mode': 'import' }});
type Group = InstanceType<Hdf5['Group']>;
type Dataset = InstanceType<Hdf5['Dataset']>;

/** Copies a ResNet50 weights file with the layer names and weight names of Keras before 2.2.5. */
export async function writeOlderLayout(source: string, target: string): Promise<void> {
  const h5 = await import('h5wasm/node');
  await h5.ready;
  const from = new h5.File(source, 'r');
  const to = new h5.File(target, 'w');
  const layers: string[] = [];
  for (const layer of from.attrs.layer_names.value as string[]) {
    const group = from.get(layer) as Group;
    const names = group.attrs.weight_names.value as string[];
    const renamed = olderName(layer);
    layers.push(renamed);
    const copy = to.create_group(renamed);
    const parts = names.length === 2 ? ['W', 'b'] : ['gamma', 'beta', 'running_mean', 'running_std'];
    if (names.length === 0) continue;
    for (const [i, name] of names.entries()) {
      const { value, shape } = group.get(name) as Dataset;
      copy.create_dataset({ name: `${renamed}_${parts[i]}:0`, data: value as Float32Array, shape: shape! });
    }
    copy.create_attribute(
      'weight_names',
      names.map((_, i) => `${renamed}_${parts[i]}:0`),
    );
  }
  to.create_attribute('layer_names', layers);
  to.close();
  from.close();
}

/** conv3_block2_1_conv → res3b_branch2a, conv3_block2_1_bn → bn3b_branch2a; part 0 is branch1. */
function olderName(layer: string): string {
  if (layer === 'conv1_conv') return 'conv1';
  if (layer === 'conv1_bn') return 'bn_conv1';
  const match = /^conv(\d)_block(\d)_(\d)_(conv|bn)$/.exec(layer);
  if (!match) return layer;
  const [, stage, block, part, kind] = match;
  const branch = ['1', '2a', '2b', '2c'][Number(part)];
  return `${kind === 'conv' ? 'res' : 'bn'}${stage}${'abcdef'[Number(block) - 1]}_branch${branch}`;
}
