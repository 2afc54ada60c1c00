/** Numeric id of a file in the media library (`plugin::upload.file`.id). */
export type FileId = number;

/** Names what makes two vectors comparable: model + preprocessing + projection, e.g. `efficientnet-lite0@1/lanczos`. */
export type SpaceId = string;

export interface Space {
  id: SpaceId;
  /** Registry name of the model, e.g. `efficientnet-lite0`. */
  model: string;
  /** Length of a vector. */
  dims: number;
}
