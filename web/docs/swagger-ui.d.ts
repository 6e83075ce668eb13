declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Request extends RequestInit {
    readonly headers?: Readonly<Record<string, string>>;
    readonly userFetch?: (url: string, init: RequestInit) => Promise<Response>;
  }

  interface Options {
    readonly domNode: HTMLElement;
    readonly url: string;
    readonly deepLinking: boolean;
    readonly tryItOutEnabled: boolean;
    readonly displayRequestDuration: boolean;
    readonly defaultModelsExpandDepth: number;
    readonly requestInterceptor: (request: Request) => Request;
    readonly onComplete: () => void;
  }

  export default function SwaggerUI(options: Options): {
    preauthorizeApiKey(scheme: string, key: string): void;
  };
}
