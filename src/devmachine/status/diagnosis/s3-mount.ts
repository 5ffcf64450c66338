import type { Container } from '../container.ts';

/** Whether it is one of the containers that copy the bucket of an s3 mount (operator/helm-charts/devmachine/templates/_s3.tpl). */
export const isOfS3Mount = ({ name, init }: Container): boolean =>
  init && /^s3-(fetch|write-back)-\d+$/.test(name);
