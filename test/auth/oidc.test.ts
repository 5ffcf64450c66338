import { testOidc } from './support/oidc.ts';

testOidc(undefined);
