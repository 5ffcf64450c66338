import { messageOf, onInterrupt } from '../foreground.ts';
import { findImages, IMAGE_NAMES, type ImageName } from './images.ts';

/** `main.ts [NAME…]` prints the paths of the images' archives, and builds those that are missing. */
const { signal } = onInterrupt();
try {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !IMAGE_NAMES.some((known) => known === name));
  if (unknown.length > 0) {
    throw new Error(`There is no image ${unknown.join(', ')}. The images are ${IMAGE_NAMES.join(', ')}.`);
  }
  const wanted = names.length > 0 ? (names as ImageName[]) : IMAGE_NAMES;
  for (const { archive } of await findImages(wanted, { signal })) console.log(archive);
} catch (error) {
  console.error(signal.aborted ? 'Interrupted.' : messageOf(error));
  process.exitCode = signal.aborted ? 130 : 1;
}
