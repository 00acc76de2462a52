import * as z from 'zod';

export const ResourceTypeNameSchema = z.enum(['User', 'Group']);
