import { partsOf } from './crop';
import { detailsOf } from './details';
import { brightnessOf, COLOUR_SIDE, type Colours, coloursOf, halved, type Miniature, SIDE } from './miniature';
import { oriented } from './orientations';

/** A picture to be compared with several others: what is computed of its miniature is computed once, and when it is needed. */
export class Photo {
  #brightness?: Float32Array;
  #details?: Float32Array;
  #colours?: Colours;
  #roughDetails?: Float32Array;
  #parts?: Float32Array[];
  readonly #oriented = new Map<number, Photo>();

  constructor(
    readonly miniature: Miniature,
    made: { brightness?: Float32Array; colours?: Colours } = {},
  ) {
    this.#brightness = made.brightness;
    this.#colours = made.colours;
  }

  /** 32 × 32, 0 to 255. */
  get brightness(): Float32Array {
    this.#brightness ??= brightnessOf(this.miniature);
    return this.#brightness;
  }

  /** 32 × 32. */
  get details(): Float32Array {
    this.#details ??= detailsOf(this.brightness, SIDE);
    return this.#details;
  }

  /** 16 × 16. */
  get colours(): Colours {
    this.#colours ??= coloursOf(this.miniature);
    return this.#colours;
  }

  /** 16 × 16. */
  get roughDetails(): Float32Array {
    this.#roughDetails ??= detailsOf(halved(this.brightness), SIDE / 2);
    return this.#roughDetails;
  }

  /** Details of the whole picture in the sizes in which it is looked for as a part of another. */
  get parts(): Float32Array[] {
    this.#parts ??= partsOf(halved(this.brightness));
    return this.#parts;
  }

  /** The same picture turned or mirrored. */
  in(orientation: number): Photo {
    if (orientation === 0) return this;
    const known = this.#oriented.get(orientation);
    if (known) return known;
    const turned = new Photo(this.miniature, {
      brightness: oriented(this.brightness, SIDE, orientation),
      colours: this.colours.map((channel) => oriented(channel, COLOUR_SIDE, orientation)) as Colours,
    });
    this.#oriented.set(orientation, turned);
    return turned;
  }
}
