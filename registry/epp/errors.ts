/** Why an EPP session could not be had. All are RegistryUnreachable: whatever was asked, nothing left for the registry. */
import { RegistryUnreachable } from '../gateway.ts';

/** The registry answered our login with a code other than success. The code, never its text. */
export class EppLoginFailed extends RegistryUnreachable {
  override readonly name: string = 'EppLoginFailed';
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** 2200 or 2501: our credentials are not accepted. Trying on would lock the account, so the client stays stopped. */
export class EppRefusedLogin extends EppLoginFailed {
  override readonly name: string = 'EppRefusedLogin';
}
