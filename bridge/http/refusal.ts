/** Thrown for what is no HTTP request, or none that this server takes. The connection ends with this answer. */
export class Refusal extends Error {
  /** The status, as it stands in the status line; it is the whole text of the answer too, where there is no other one. */
  readonly status: string;

  constructor(status: string, text = status) {
    super(text);
    this.status = status;
  }

  /** The answer, byte for byte as Go's server gives it. */
  get answer(): string {
    const head = `HTTP/1.1 ${this.status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
    return head + this.message;
  }
}

/** The refusal of what cannot be understood, with Go's few words on it where it has some. */
export function badRequest(why?: string): Refusal {
  return new Refusal(why === undefined ? '400 Bad Request' : `400 Bad Request: ${why}`);
}

/** The refusal of a head that is longer than allowed. */
export function tooLong(): Refusal {
  return new Refusal('431 Request Header Fields Too Large');
}

/** The refusal of a head that takes too long. */
export function tooSlow(): Refusal {
  return new Refusal('408 Request Timeout');
}
