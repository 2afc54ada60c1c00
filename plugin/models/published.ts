import { type CustomModel, HUB, type TextTowerSource } from '../contracts/custom-model';
import { customEntry, type OnnxEntry } from './custom-model';

type Published = Pick<CustomModel, 'licence' | 'output' | 'preprocessing'> & {
  repository: string;
  /** A commit, where it is known which one the checksum is of. */
  revision?: string;
  file: string;
  sha256?: string;
  text?: PublishedText;
};

/** Of the same repository and commit. */
type PublishedText = Pick<TextTowerSource, 'tokens' | 'padding' | 'lowercase' | 'languages' | 'sha256'> & {
  file: string;
  output: string;
  tokenizerSha256?: string;
};

type Scale = Pick<CustomModel['preprocessing'], 'mean' | 'std'>;

const IMAGENET: Scale = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const CLIP: Scale = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] };
const HALF: Scale = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const COMMON = { size: 224, channels: 'rgb', white: 1 } as const;

/**
 * Image towers that others publish as ONNX, with their text towers. All of them are unverified: what is known of them comes from their descriptions, and
 * nobody has yet compared vectors made here with vectors made by their authors' code. Where a checksum or the name of an output is
 * missing, it could not be found; the file is then pinned at its first use, and its first output is taken.
 */
const MODELS: Readonly<Record<string, Published>> = {
  'dino-vits16': {
    repository: 'Xenova/dino-vits16',
    file: 'onnx/model.onnx',
    licence: 'Apache-2.0',
    preprocessing: { ...COMMON, ...IMAGENET, resize: 'bilinear', fit: 'squash' },
    output: { take: 'cls', dims: 384 },
  },
  'dinov2-small': {
    repository: 'Xenova/dinov2-small',
    file: 'onnx/model.onnx',
    licence: 'Apache-2.0',
    preprocessing: { ...COMMON, ...IMAGENET, resize: 'bicubic', fit: 'crop', shortestEdge: 256 },
    output: { take: 'cls', dims: 384 },
  },
  'unicom-vit-b-32': {
    repository: 'Qdrant/Unicom-ViT-B-32',
    file: 'model.onnx',
    licence: 'Apache-2.0 (weights), MIT (code)',
    preprocessing: { ...COMMON, ...CLIP, resize: 'bicubic', fit: 'crop' },
    output: { take: 'pooled', dims: 512 },
  },
  'siglip-base-p16-224': {
    repository: 'Xenova/siglip-base-patch16-224',
    file: 'onnx/vision_model.onnx',
    licence: 'Apache-2.0',
    preprocessing: { ...COMMON, ...HALF, resize: 'bicubic', fit: 'squash' },
    output: { name: 'pooler_output', take: 'pooled', dims: 768 },
    text: {
      file: 'onnx/text_model.onnx',
      output: 'pooler_output',
      tokens: 64,
      // Its end of a text, not 0: another one moves every vector.
      padding: 1,
      lowercase: false,
      languages: 'English',
    },
  },
  'siglip2-base-p16-224': {
    repository: 'onnx-community/siglip2-base-patch16-224-ONNX',
    revision: 'ba1f3b0843f24bc5417d38e19c37b287d719b2f4',
    file: 'onnx/vision_model_fp16.onnx',
    sha256: 'a1959f7bd3993a607e48839f6d01e25b876fe76afda301b028b78eef68aabd95',
    licence: 'Apache-2.0',
    preprocessing: { ...COMMON, ...HALF, resize: 'bilinear', fit: 'squash' },
    output: { name: 'pooler_output', take: 'pooled', dims: 768 },
    text: {
      file: 'onnx/text_model_fp16.onnx',
      sha256: '711da56ada0a4aa11c7dd3320df741081a3cae4f0ae1b5e5c6d5b294738d0eb0',
      tokenizerSha256: 'cb9140fae3ac5122c972d37adf83e1248471a38147ad76f8215c8872c6fd8322',
      output: 'pooler_output',
      tokens: 64,
      padding: 0,
      lowercase: true,
      languages: 'many',
    },
  },
  'clip-vit-b-32': {
    repository: 'Xenova/clip-vit-base-patch32',
    file: 'onnx/vision_model.onnx',
    sha256: 'fd6e1402a588279d1723c7534d4bcba5bc0b14b47dfab0e46f8c47b8270d7d40',
    licence: 'MIT',
    preprocessing: { ...COMMON, ...CLIP, resize: 'bicubic', fit: 'crop' },
    output: { name: 'image_embeds', take: 'pooled', dims: 512 },
    text: {
      file: 'onnx/text_model_quantized.onnx',
      sha256: '73baab855d406190da9faa498cfedf65f15cf309f4cc7385b7b032e6d08e5c3a',
      output: 'text_embeds',
      tokens: 77,
      lowercase: false,
      languages: 'English',
    },
  },
};

export const publishedNames = (): string[] => Object.keys(MODELS);

/** undefined for a name that is not among them. */
export function publishedEntry(
  name: string,
  { hub = HUB, path, mirror, sha256 }: PublishedOptions = {},
): OnnxEntry | undefined {
  if (!Object.hasOwn(MODELS, name)) return undefined;
  const { repository, revision = 'main', file, text, ...model } = MODELS[name];
  const onHub = (file: string) => `${hub.replace(/\/+$/, '')}/${repository}/resolve/${revision}/${file}`;
  const url = mirror ?? onHub(file);
  const entry = customEntry(name, {
    ...model,
    ...(path ? { path } : { url }),
    sha256: sha256 ?? model.sha256,
    version: 1,
    input: {},
    text: text && publishedText(text, onHub),
  });
  return { ...entry, origin: `${HUB}/${repository}`, isUnverified: true };
}

function publishedText(text: PublishedText, onHub: (file: string) => string): TextTowerSource {
  const { file, output, tokenizerSha256, ...rest } = text;
  return {
    ...rest,
    url: onHub(file),
    prompt: '{}',
    output: { name: output },
    tokenizer: { url: onHub('tokenizer.json'), sha256: tokenizerSha256 },
  };
}

export interface PublishedOptions {
  hub?: string;
  /** A file that was downloaded by other means. */
  path?: string;
  /** The file's own address, instead of the hub's. */
  mirror?: string;
  sha256?: string;
}
