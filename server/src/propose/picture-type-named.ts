import { expectedInstead } from '../../../plugin/errors';
import type { AdminAccess } from '../access/admin';
import { forbidden } from '../access/content-api';
import type { ContentTypes, PictureType } from '../search/content-types';

export type PictureTypeNamed = (uid: string, access: AdminAccess) => Promise<PictureType>;

/** @throws SimilarError `INVALID_PARAMETER` where entries of the type have no pictures, `FORBIDDEN` where they may not be read. */
export const createPictureTypeNamed =
  (contentTypes: ContentTypes): PictureTypeNamed =>
  async (uid, access) => {
    const types = contentTypes.all();
    const type = types.get(uid);
    if (!type) {
      const choice = [...types.keys()].join(', ');
      throw expectedInstead(`one of ${choice}`, 'type', `"${uid}"`);
    }
    if (!(await access.can(uid))) throw forbidden(access, uid);
    return type;
  };
