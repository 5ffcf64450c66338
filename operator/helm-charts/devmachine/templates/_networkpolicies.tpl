{{/*
The network policies. Call with (dict "root" $ "start" $start).

Ingress: the ingress controller can reach the machine on its port, and so can the pods in its namespace. If only an
authenticating proxy guards the machine, these pods cannot, because they would bypass the proxy. The second policy selects
pods by their guard, so that it never applies to the previous pod, which had another one. A controller on the host network
has the addresses of its nodes, which no selector covers.

Egress: everywhere except the cloud's metadata service, which hands out the node's credentials. The namespaceSelector is
for network plugins whose ipBlocks do not cover pods.
*/}}
{{- define "devmachine.networkPolicy" -}}
{{- $root := .root }}
{{- $admin := include "devmachine.admin" $root | fromJson }}
{{- $blocked := dict "0.0.0.0/0" list "::/0" list }}
{{- range splitList " " $admin.metadataAddresses }}
{{- if . }}
{{- $all := ternary "::/0" "0.0.0.0/0" (contains ":" .) }}
{{- $_ := set $blocked $all (append (get $blocked $all) .) }}
{{- end }}
{{- end }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $root.Release.Name | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "devmachine.labels" $root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "devmachine.selectorLabels" $root | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
  {{- if $root.Values.ingressDomain }}
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              {{- include "devmachine.mapping" (list $admin "ingressController") | fromJson | toYaml | nindent 14 }}
          {{- with include "devmachine.mapping" (list $admin "ingressControllerPods") | fromJson }}
          podSelector:
            matchLabels:
              {{- toYaml . | nindent 14 }}
          {{- end }}
        {{- range compact (splitList " " (get $admin "ingressControllerAddresses")) }}
        - ipBlock:
            cidr: {{ . | quote }}
        {{- end }}
      ports:
        - port: {{ .start.portName }}
          protocol: TCP
  {{- end }}
  egress:
    - to:
        - namespaceSelector: {}
        {{- range $all, $except := $blocked }}
        - ipBlock:
            cidr: {{ $all | quote }}
            {{- with $except }}
            except:
              {{- toYaml . | nindent 14 }}
            {{- end }}
        {{- end }}
{{- end -}}

{{/* Empty if only the authenticating proxy guards the machine. */}}
{{- define "devmachine.namespacePolicy" -}}
{{- $root := .root }}
{{- if ne .start.guard "proxy" }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- /* No machine's name contains a dot. */}}
  name: {{ $root.Release.Name }}.namespace
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "devmachine.labels" $root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "devmachine.selectorLabels" $root | nindent 6 }}
      {{- if .start.guardLabel }}
      ide.example.com/guard: {{ .start.guard }}
      {{- end }}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector: {}
{{- end }}
{{- end -}}
