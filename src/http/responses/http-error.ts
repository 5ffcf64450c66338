/** Problems that exist only in HTTP; those of the domain are `ErrorCode`. */
export type HttpErrorCode =
  | 'foreign-origin'
  | 'unsupported-media-type'
  | 'misdirected-request'
  | 'upgrade-required';

/** Answered with the problem type `code`. The client sees `message`. */
export class HttpError extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.name = 'HttpError';
    this.code = code;
  }
}
