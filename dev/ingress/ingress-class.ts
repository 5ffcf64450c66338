/** The IngressClass of development clusters. Ingresses that name none get it. */
export const INGRESS_CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: {
    name: 'development',
    annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' },
  },
  spec: { controller: 'dev.devmachine.example.com/ingress' },
};
