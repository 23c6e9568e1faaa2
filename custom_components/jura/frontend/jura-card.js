// Made by scripts/card from card/src: changes made here are lost. Contains Lit (BSD-3-Clause, Google LLC).
var B=globalThis,K=B.ShadowRoot&&(B.ShadyCSS===void 0||B.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ce=Symbol(),Ne=new WeakMap,C=class{constructor(t,e,n){if(this._$cssResult$=!0,n!==ce)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(K&&t===void 0){let n=e!==void 0&&e.length===1;n&&(t=Ne.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&Ne.set(e,t))}return t}toString(){return this.cssText}},Oe=i=>new C(typeof i=="string"?i:i+"",void 0,ce),v=(i,...t)=>{let e=i.length===1?i[0]:t.reduce((n,r,s)=>n+(a=>{if(a._$cssResult$===!0)return a.cssText;if(typeof a=="number")return a;throw Error("Value passed to 'css' function must be a 'css' function result: "+a+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(r)+i[s+1],i[0]);return new C(e,i,ce)},He=(i,t)=>{if(K)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let n=document.createElement("style"),r=B.litNonce;r!==void 0&&n.setAttribute("nonce",r),n.textContent=e.cssText,i.appendChild(n)}},le=K?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(let n of t.cssRules)e+=n.cssText;return Oe(e)})(i):i;var{is:qt,defineProperty:It,getOwnPropertyDescriptor:Jt,getOwnPropertyNames:Wt,getOwnPropertySymbols:Bt,getPrototypeOf:Kt}=Object,F=globalThis,Ue=F.trustedTypes,Ft=Ue?Ue.emptyScript:"",Gt=F.reactiveElementPolyfillSupport,D=(i,t)=>i,ue={toAttribute(i,t){switch(t){case Boolean:i=i?Ft:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},Ve=(i,t)=>!qt(i,t),Le={attribute:!0,type:String,converter:ue,reflect:!1,useDefault:!1,hasChanged:Ve};Symbol.metadata??=Symbol("metadata"),F.litPropertyMetadata??=new WeakMap;var y=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Le){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(t,n,e);r!==void 0&&It(this.prototype,t,r)}}static getPropertyDescriptor(t,e,n){let{get:r,set:s}=Jt(this.prototype,t)??{get(){return this[e]},set(a){this[e]=a}};return{get:r,set(a){let d=r?.call(this);s?.call(this,a),this.requestUpdate(t,d,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Le}static _$Ei(){if(this.hasOwnProperty(D("elementProperties")))return;let t=Kt(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(D("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(D("properties"))){let e=this.properties,n=[...Wt(e),...Bt(e)];for(let r of n)this.createProperty(r,e[r])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[n,r]of e)this.elementProperties.set(n,r)}this._$Eh=new Map;for(let[e,n]of this.elementProperties){let r=this._$Eu(e,n);r!==void 0&&this._$Eh.set(r,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let r of n)e.unshift(le(r))}else t!==void 0&&e.push(le(t));return e}static _$Eu(t,e){let n=e.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let n of e.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return He(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,n){this._$AK(t,n)}_$ET(t,e){let n=this.constructor.elementProperties.get(t),r=this.constructor._$Eu(t,n);if(r!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:ue).toAttribute(e,n.type);this._$Em=t,s==null?this.removeAttribute(r):this.setAttribute(r,s),this._$Em=null}}_$AK(t,e){let n=this.constructor,r=n._$Eh.get(t);if(r!==void 0&&this._$Em!==r){let s=n.getPropertyOptions(r),a=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:ue;this._$Em=r;let d=a.fromAttribute(e,s.type);this[r]=d??this._$Ej?.get(r)??d,this._$Em=null}}requestUpdate(t,e,n,r=!1,s){if(t!==void 0){let a=this.constructor;if(r===!1&&(s=this[t]),n??=a.getPropertyOptions(t),!((n.hasChanged??Ve)(s,e)||n.useDefault&&n.reflect&&s===this._$Ej?.get(t)&&!this.hasAttribute(a._$Eu(t,n))))return;this.C(t,e,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:n,reflect:r,wrapped:s},a){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,a??e??this[t]),s!==!0||a!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(e=void 0),this._$AL.set(t,e)),r===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[r,s]of this._$Ep)this[r]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[r,s]of n){let{wrapped:a}=s,d=this[r];a!==!0||this._$AL.has(r)||d===void 0||this.C(r,void 0,s,d)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(e)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};y.elementStyles=[],y.shadowRootOptions={mode:"open"},y[D("elementProperties")]=new Map,y[D("finalized")]=new Map,Gt?.({ReactiveElement:y}),(F.reactiveElementVersions??=[]).push("2.1.2");var be=globalThis,qe=i=>i,G=be.trustedTypes,Ie=G?G.createPolicy("lit-html",{createHTML:i=>i}):void 0,Ge="$lit$",w=`lit$${Math.random().toFixed(9).slice(2)}$`,Ze="?"+w,Zt=`<${Ze}>`,S=document,O=()=>S.createComment(""),H=i=>i===null||typeof i!="object"&&typeof i!="function",ke=Array.isArray,Yt=i=>ke(i)||typeof i?.[Symbol.iterator]=="function",pe=`[ 	
\f\r]`,N=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Je=/-->/g,We=/>/g,$=RegExp(`>|${pe}(?:([^\\s"'>=/]+)(${pe}*=${pe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Be=/'/g,Ke=/"/g,Ye=/^(?:script|style|textarea|title)$/i,ye=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),u=ye(1),b=ye(2),ei=ye(3),z=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Fe=new WeakMap,A=S.createTreeWalker(S,129);function Qe(i,t){if(!ke(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ie!==void 0?Ie.createHTML(t):t}var Qt=(i,t)=>{let e=i.length-1,n=[],r,s=t===2?"<svg>":t===3?"<math>":"",a=N;for(let d=0;d<e;d++){let o=i[d],c,p,l=-1,m=0;for(;m<o.length&&(a.lastIndex=m,p=a.exec(o),p!==null);)m=a.lastIndex,a===N?p[1]==="!--"?a=Je:p[1]!==void 0?a=We:p[2]!==void 0?(Ye.test(p[2])&&(r=RegExp("</"+p[2],"g")),a=$):p[3]!==void 0&&(a=$):a===$?p[0]===">"?(a=r??N,l=-1):p[1]===void 0?l=-2:(l=a.lastIndex-p[2].length,c=p[1],a=p[3]===void 0?$:p[3]==='"'?Ke:Be):a===Ke||a===Be?a=$:a===Je||a===We?a=N:(a=$,r=void 0);let f=a===$&&i[d+1].startsWith("/>")?" ":"";s+=a===N?o+Zt:l>=0?(n.push(c),o.slice(0,l)+Ge+o.slice(l)+w+f):o+w+(l===-2?d:f)}return[Qe(i,s+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},U=class i{constructor({strings:t,_$litType$:e},n){let r;this.parts=[];let s=0,a=0,d=t.length-1,o=this.parts,[c,p]=Qt(t,e);if(this.el=i.createElement(c,n),A.currentNode=this.el.content,e===2||e===3){let l=this.el.content.firstChild;l.replaceWith(...l.childNodes)}for(;(r=A.nextNode())!==null&&o.length<d;){if(r.nodeType===1){if(r.hasAttributes())for(let l of r.getAttributeNames())if(l.endsWith(Ge)){let m=p[a++],f=r.getAttribute(l).split(w),_=/([.?@])?(.*)/.exec(m);o.push({type:1,index:s,name:_[2],strings:f,ctor:_[1]==="."?me:_[1]==="?"?ge:_[1]==="@"?fe:M}),r.removeAttribute(l)}else l.startsWith(w)&&(o.push({type:6,index:s}),r.removeAttribute(l));if(Ye.test(r.tagName)){let l=r.textContent.split(w),m=l.length-1;if(m>0){r.textContent=G?G.emptyScript:"";for(let f=0;f<m;f++)r.append(l[f],O()),A.nextNode(),o.push({type:2,index:++s});r.append(l[m],O())}}}else if(r.nodeType===8)if(r.data===Ze)o.push({type:2,index:s});else{let l=-1;for(;(l=r.data.indexOf(w,l+1))!==-1;)o.push({type:7,index:s}),l+=w.length-1}s++}}static createElement(t,e){let n=S.createElement("template");return n.innerHTML=t,n}};function T(i,t,e=i,n){if(t===z)return t;let r=n!==void 0?e._$Co?.[n]:e._$Cl,s=H(t)?void 0:t._$litDirective$;return r?.constructor!==s&&(r?._$AO?.(!1),s===void 0?r=void 0:(r=new s(i),r._$AT(i,e,n)),n!==void 0?(e._$Co??=[])[n]=r:e._$Cl=r),r!==void 0&&(t=T(i,r._$AS(i,t.values),r,n)),t}var he=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:n}=this._$AD,r=(t?.creationScope??S).importNode(e,!0);A.currentNode=r;let s=A.nextNode(),a=0,d=0,o=n[0];for(;o!==void 0;){if(a===o.index){let c;o.type===2?c=new L(s,s.nextSibling,this,t):o.type===1?c=new o.ctor(s,o.name,o.strings,this,t):o.type===6&&(c=new _e(s,this,t)),this._$AV.push(c),o=n[++d]}a!==o?.index&&(s=A.nextNode(),a++)}return A.currentNode=S,r}p(t){let e=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,e),e+=n.strings.length-2):n._$AI(t[e])),e++}},L=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,n,r){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=T(this,t,e),H(t)?t===h||t==null||t===""?(this._$AH!==h&&this._$AR(),this._$AH=h):t!==this._$AH&&t!==z&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Yt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==h&&H(this._$AH)?this._$AA.nextSibling.data=t:this.T(S.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:n}=t,r=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=U.createElement(Qe(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(e);else{let s=new he(r,this),a=s.u(this.options);s.p(e),this.T(a),this._$AH=s}}_$AC(t){let e=Fe.get(t.strings);return e===void 0&&Fe.set(t.strings,e=new U(t)),e}k(t){ke(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,n,r=0;for(let s of t)r===e.length?e.push(n=new i(this.O(O()),this.O(O()),this,this.options)):n=e[r],n._$AI(s),r++;r<e.length&&(this._$AR(n&&n._$AB.nextSibling,r),e.length=r)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let n=qe(t).nextSibling;qe(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},M=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,n,r,s){this.type=1,this._$AH=h,this._$AN=void 0,this.element=t,this.name=e,this._$AM=r,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=h}_$AI(t,e=this,n,r){let s=this.strings,a=!1;if(s===void 0)t=T(this,t,e,0),a=!H(t)||t!==this._$AH&&t!==z,a&&(this._$AH=t);else{let d=t,o,c;for(t=s[0],o=0;o<s.length-1;o++)c=T(this,d[n+o],e,o),c===z&&(c=this._$AH[o]),a||=!H(c)||c!==this._$AH[o],c===h?t=h:t!==h&&(t+=(c??"")+s[o+1]),this._$AH[o]=c}a&&!r&&this.j(t)}j(t){t===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},me=class extends M{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===h?void 0:t}},ge=class extends M{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==h)}},fe=class extends M{constructor(t,e,n,r,s){super(t,e,n,r,s),this.type=5}_$AI(t,e=this){if((t=T(this,t,e,0)??h)===z)return;let n=this._$AH,r=t===h&&n!==h||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,s=t!==h&&(n===h||r);r&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},_e=class{constructor(t,e,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){T(this,t)}};var Xt=be.litHtmlPolyfillSupport;Xt?.(U,L),(be.litHtmlVersions??=[]).push("3.3.3");var Xe=(i,t,e)=>{let n=e?.renderBefore??t,r=n._$litPart$;if(r===void 0){let s=e?.renderBefore??null;n._$litPart$=r=new L(t.insertBefore(O(),s),s,void 0,e??{})}return r._$AI(i),r};var ve=globalThis,k=class extends y{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Xe(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return z}};k._$litElement$=!0,k.finalized=!0,ve.litElementHydrateSupport?.({LitElement:k});var en=ve.litElementPolyfillSupport;en?.({LitElement:k});(ve.litElementVersions??=[]).push("4.2.2");var et={card_name:"Kávovar JURA",card_description:"Jeho nápoje i ty vaše, co právě dělá a co potřebuje.",dashboard_name:"Kávovary JURA",dashboard_description:"Stránka pro každý z vašich kávovarů.",drinks:"Nápoje",own_drinks:"Vaše nápoje",machine_drinks:"Z kávovaru",no_drinks:"Všechny nápoje jsou skryté. Zobrazit je lze v nastavení jejich tlačítek.",no_chosen_drinks:"Žádný z nápojů vybraných pro tuto kartu tu není. Vyberte jiné v jejím nastavení.",make:"Připravit",hold:"Přidržte pro přípravu",press_again:"Pro přípravu stiskněte znovu",put_cup:"Je šálek na svém místě?",as_usual:"Jako obvykle",extras:"Extra volby",close:"Zavřít",ordering:"Kávovar dostává pokyn …",enjoy:"Dobrou chuť!",cancel:"Zastavit",cancelling:"Zastavuje se …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"dnes",cups_today:"Šálky dnes: {count}",needs:"Co potřebuje",show_how:"Jak na to",manual:"Návod",video:"Video",care:"Péče",care_used:"{program}: spotřebováno {percent} %",care_around:"kolem {date}",care_due:"je potřeba",care_due_since:"je potřeba od {date}",history:"Poslední čtyři týdny",history_all:"Šálky: {count}",history_summary:"Šálky za poslední čtyři týdny: {count}, v průměru {average} denně",away:"Nedostupný",away_how:"Zapněte kávovar a zavřete aplikaci J.O.E. v telefonu.",no_machine:"Zatím není nastaven žádný kávovar JURA.",add_machine:"Přidat kávovar",machine_gone:"Tento kávovar už tu není. V nastavení karty vyberte jiný.",offline:"Home Assistant teď není dostupný. Do kávovaru se nic neodeslalo.",outcome_unknown:"Spojení se přerušilo a není jisté, zda to kávovar dostal. Než to zkusíte znovu, podívejte se na kávovar.",failed:"Nepovedlo se to: {message}",edit_machine:"Kávovar",edit_machine_help:"Je potřeba jen tehdy, máte-li jich více.",edit_name:"Název",edit_brew:"Jak se nápoj spustí",edit_brew_confirm:"Klepnout a pak potvrdit",edit_brew_hold:"Stisknout a podržet",edit_brew_help:"Jediný dotek ho nikdy nespustí.",edit_drinks:"Zobrazené nápoje",edit_drinks_help:"Pokud žádné nevyberete, zobrazí se všechny, které nejsou skryté.",edit_care:"Zobrazit péči",edit_history:"Zobrazit poslední čtyři týdny",more:"Více o něm"};var tt={card_name:"JURA-kaffemaskine",card_description:"Dens drikke og dine egne, hvad den laver, og hvad den har brug for.",dashboard_name:"JURA-kaffemaskiner",dashboard_description:"En side til hver af dine maskiner.",drinks:"Drikke",own_drinks:"Dine drikke",machine_drinks:"Fra maskinen",no_drinks:"Alle drikke er skjult. Du kan vise dem i indstillingerne for deres knapper.",no_chosen_drinks:"Ingen af de drikke, der er valgt til dette kort, findes. Vælg andre i kortets indstillinger.",make:"Tilbered",hold:"Hold nede for at tilberede",press_again:"Tryk igen for at tilberede",put_cup:"Står der en kop klar?",as_usual:"Som sædvanlig",extras:"Tilvalg",close:"Luk",ordering:"Maskinen får bestillingen …",enjoy:"Velbekomme!",cancel:"Stop",cancelling:"Stopper …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"i dag",cups_today:"Kopper i dag: {count}",needs:"Hvad den har brug for",show_how:"Sådan gør du",manual:"Vejledning",video:"Video",care:"Vedligeholdelse",care_used:"{program}: {percent} % brugt",care_around:"omkring {date}",care_due:"nødvendig",care_due_since:"nødvendig siden {date}",history:"De seneste fire uger",history_all:"Kopper: {count}",history_summary:"Kopper i de seneste fire uger: {count}, i snit {average} om dagen",away:"Kan ikke nås",away_how:"Tænd maskinen, og luk J.O.E.-appen på din telefon.",no_machine:"Der er endnu ikke sat nogen JURA op.",add_machine:"Tilføj en maskine",machine_gone:"Denne maskine findes ikke længere. Vælg en anden i kortets indstillinger.",offline:"Home Assistant kan ikke nås lige nu. Der er ikke sendt noget til maskinen.",outcome_unknown:"Forbindelsen blev afbrudt, og ingen ved, om dette nåede maskinen. Se på maskinen, før du prøver igen.",failed:"Det lykkedes ikke: {message}",edit_machine:"Maskine",edit_machine_help:"Kun nødvendigt, hvis du har flere.",edit_name:"Navn",edit_brew:"Sådan startes en drik",edit_brew_confirm:"Tryk, og bekræft så",edit_brew_hold:"Hold nede",edit_brew_help:"En enkelt berøring starter aldrig en drik.",edit_drinks:"Drikke, der vises",edit_drinks_help:"Vælger du ingen, vises alle, der ikke er skjult.",edit_care:"Vis vedligeholdelsen",edit_history:"Vis de seneste fire uger",more:"Mere om maskinen"};var nt={card_name:"JURA-Kaffeemaschine",card_description:"Ihre Getränke und deine eigenen, was sie gerade tut und was sie braucht.",dashboard_name:"JURA-Kaffeemaschinen",dashboard_description:"Eine Seite für jede deiner Maschinen.",drinks:"Getränke",own_drinks:"Deine Getränke",machine_drinks:"Von der Maschine",no_drinks:"Alle Getränke sind ausgeblendet. Du kannst sie in den Einstellungen ihrer Tasten einblenden.",no_chosen_drinks:"Keines der Getränke, die für diese Karte gewählt sind, ist da. Wähle andere in ihren Einstellungen.",make:"Zubereiten",hold:"Zum Zubereiten halten",press_again:"Zum Zubereiten noch einmal drücken",put_cup:"Steht eine Tasse bereit?",as_usual:"Wie üblich",extras:"Extras",close:"Schließen",ordering:"Die Maschine bekommt den Auftrag …",enjoy:"Lass es dir schmecken!",cancel:"Stoppen",cancelling:"Wird gestoppt …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"heute",cups_today:"Tassen heute: {count}",needs:"Was sie braucht",show_how:"So geht's",manual:"Anleitung",video:"Video",care:"Pflege",care_used:"{program}: {percent} % verbraucht",care_around:"um den {date}",care_due:"fällig",care_due_since:"fällig seit {date}",history:"Die letzten vier Wochen",history_all:"Tassen: {count}",history_summary:"Tassen in den letzten vier Wochen: {count}, im Schnitt {average} am Tag",away:"Nicht erreichbar",away_how:"Schalte die Maschine ein und schließe die J.O.E.-App auf deinem Handy.",no_machine:"Noch ist keine JURA eingerichtet.",add_machine:"Maschine hinzufügen",machine_gone:"Diese Maschine gibt es nicht mehr. Wähle in den Einstellungen der Karte eine andere.",offline:"Home Assistant ist gerade nicht erreichbar. Die Maschine hat nichts erhalten.",outcome_unknown:"Die Verbindung ging verloren, und niemand weiß, ob das bei der Maschine angekommen ist. Sieh an der Maschine nach, bevor du es noch einmal versuchst.",failed:"Das hat nicht geklappt: {message}",edit_machine:"Maschine",edit_machine_help:"Nur nötig, wenn du mehrere hast.",edit_name:"Name",edit_brew:"So wird ein Getränk gestartet",edit_brew_confirm:"Antippen, dann bestätigen",edit_brew_hold:"Gedrückt halten",edit_brew_help:"Eine einzelne Berührung startet nie ein Getränk.",edit_drinks:"Gezeigte Getränke",edit_drinks_help:"Ohne Auswahl alle, die nicht ausgeblendet sind.",edit_care:"Pflege zeigen",edit_history:"Die letzten vier Wochen zeigen",more:"Mehr zur Maschine"};var we={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",no_chosen_drinks:"None of the drinks chosen for this card is there. Choose others in its settings.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about the machine"};var it={card_name:"Máquina de café JURA",card_description:"Sus bebidas y las tuyas, qué está haciendo y qué necesita.",dashboard_name:"Máquinas de café JURA",dashboard_description:"Una página para cada una de tus máquinas.",drinks:"Bebidas",own_drinks:"Tus bebidas",machine_drinks:"De la máquina",no_drinks:"Todas las bebidas están ocultas. Puedes mostrar algunas en los ajustes de sus botones.",no_chosen_drinks:"Ninguna de las bebidas elegidas para esta tarjeta está disponible. Elige otras en sus ajustes.",make:"Preparar",hold:"Mantén pulsado para preparar",press_again:"Pulsa otra vez para preparar",put_cup:"¿Hay una taza en su sitio?",as_usual:"Como siempre",extras:"Extras",close:"Cerrar",ordering:"La máquina recibe el pedido …",enjoy:"¡Que lo disfrutes!",cancel:"Detener",cancelling:"Deteniendo …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"hoy",cups_today:"Tazas hoy: {count}",needs:"Qué necesita",show_how:"Cómo se hace",manual:"Manual",video:"Vídeo",care:"Mantenimiento",care_used:"{program}: {percent} % consumido",care_around:"hacia el {date}",care_due:"pendiente",care_due_since:"pendiente desde el {date}",history:"Últimas cuatro semanas",history_all:"Tazas: {count}",history_summary:"Tazas en las últimas cuatro semanas: {count}, de media {average} al día",away:"No responde",away_how:"Enciende la máquina y cierra la aplicación J.O.E. en el teléfono.",no_machine:"Todavía no hay ninguna máquina JURA configurada.",add_machine:"Añadir una máquina",machine_gone:"Esta máquina ya no está. Elige otra en los ajustes de la tarjeta.",offline:"Home Assistant no está accesible ahora mismo. No se ha enviado nada a la máquina.",outcome_unknown:"Se ha perdido la conexión y no se sabe si esto ha llegado a la máquina. Mírala antes de intentarlo de nuevo.",failed:"No ha funcionado: {message}",edit_machine:"Máquina",edit_machine_help:"Solo hace falta si tienes varias.",edit_name:"Nombre",edit_brew:"Cómo se inicia una bebida",edit_brew_confirm:"Tocar y luego confirmar",edit_brew_hold:"Mantener pulsado",edit_brew_help:"Un solo toque nunca inicia una.",edit_drinks:"Bebidas que se muestran",edit_drinks_help:"Si no eliges ninguna, todas las que no están ocultas.",edit_care:"Mostrar el mantenimiento",edit_history:"Mostrar las últimas cuatro semanas",more:"Más sobre ella"};var rt={card_name:"Machine à café JURA",card_description:"Ses boissons et les vôtres, ce qu'elle fait et ce qu'il lui faut.",dashboard_name:"Machines à café JURA",dashboard_description:"Une page pour chacune de vos machines.",drinks:"Boissons",own_drinks:"Vos boissons",machine_drinks:"De la machine",no_drinks:"Toutes les boissons sont masquées. Vous pouvez en afficher dans les paramètres de leurs boutons.",no_chosen_drinks:"Aucune des boissons choisies pour cette carte n'est là. Choisissez-en d'autres dans ses paramètres.",make:"Préparer",hold:"Maintenir pour préparer",press_again:"Appuyer encore pour préparer",put_cup:"Une tasse est-elle en place ?",as_usual:"Comme d'habitude",extras:"Extras",close:"Fermer",ordering:"La machine reçoit la commande …",enjoy:"Bonne dégustation !",cancel:"Arrêter",cancelling:"Arrêt en cours …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"aujourd'hui",cups_today:"Tasses aujourd'hui : {count}",needs:"Ce qu'il lui faut",show_how:"Comment faire",manual:"Mode d'emploi",video:"Vidéo",care:"Entretien",care_used:"{program} : {percent} % utilisés",care_around:"vers le {date}",care_due:"à faire",care_due_since:"à faire depuis le {date}",history:"Quatre dernières semaines",history_all:"Tasses : {count}",history_summary:"Tasses ces quatre dernières semaines : {count}, en moyenne {average} par jour",away:"Injoignable",away_how:"Allumez la machine et fermez l'application J.O.E. sur votre téléphone.",no_machine:"Aucune machine JURA n'est encore configurée.",add_machine:"Ajouter une machine",machine_gone:"Cette machine n'existe plus. Choisissez-en une autre dans les paramètres de la carte.",offline:"Home Assistant est injoignable pour le moment. Rien n'a été envoyé à la machine.",outcome_unknown:"La connexion a été perdue, et l'on ne sait pas si la machine a reçu l'ordre. Regardez-la avant de réessayer.",failed:"Cela n'a pas fonctionné : {message}",edit_machine:"Machine",edit_machine_help:"Seulement si vous en avez plusieurs.",edit_name:"Nom",edit_brew:"Comment lancer une boisson",edit_brew_confirm:"Toucher, puis confirmer",edit_brew_hold:"Appuyer longuement",edit_brew_help:"Un simple effleurement n'en lance jamais.",edit_drinks:"Boissons à afficher",edit_drinks_help:"Sans choix, toutes celles qui ne sont pas masquées.",edit_care:"Afficher l'entretien",edit_history:"Afficher les quatre dernières semaines",more:"En savoir plus"};var st={card_name:"Macchina da caffè JURA",card_description:"Le sue bevande e le tue, che cosa sta facendo e di che cosa ha bisogno.",dashboard_name:"Macchine da caffè JURA",dashboard_description:"Una pagina per ciascuna delle tue macchine.",drinks:"Bevande",own_drinks:"Le tue bevande",machine_drinks:"Della macchina",no_drinks:"Tutte le bevande sono nascoste. Puoi mostrarne alcune nelle impostazioni dei loro pulsanti.",no_chosen_drinks:"Nessuna delle bevande scelte per questa scheda è presente. Scegline altre nelle sue impostazioni.",make:"Prepara",hold:"Tieni premuto per preparare",press_again:"Premi di nuovo per preparare",put_cup:"C'è una tazza sotto l'erogatore?",as_usual:"Come al solito",extras:"Extra",close:"Chiudi",ordering:"La macchina riceve l'ordine …",enjoy:"Buona degustazione!",cancel:"Ferma",cancelling:"Si ferma …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"oggi",cups_today:"Tazze oggi: {count}",needs:"Di che cosa ha bisogno",show_how:"Come si fa",manual:"Istruzioni",video:"Video",care:"Manutenzione",care_used:"{program}: {percent}% consumato",care_around:"verso il {date}",care_due:"da fare",care_due_since:"da fare dal {date}",history:"Ultime quattro settimane",history_all:"Tazze: {count}",history_summary:"Tazze nelle ultime quattro settimane: {count}, in media {average} al giorno",away:"Non raggiungibile",away_how:"Accendi la macchina e chiudi l'app J.O.E. sul telefono.",no_machine:"Nessuna macchina JURA è ancora configurata.",add_machine:"Aggiungi una macchina",machine_gone:"Questa macchina non c'è più. Scegline un'altra nelle impostazioni della scheda.",offline:"Home Assistant al momento non è raggiungibile. Alla macchina non è stato inviato nulla.",outcome_unknown:"La connessione si è interrotta e non si sa se la macchina abbia ricevuto l'ordine. Guarda la macchina prima di riprovare.",failed:"Non ha funzionato: {message}",edit_machine:"Macchina",edit_machine_help:"Serve solo se ne hai più di una.",edit_name:"Nome",edit_brew:"Come si avvia una bevanda",edit_brew_confirm:"Toccare, poi confermare",edit_brew_hold:"Tenere premuto",edit_brew_help:"Un solo tocco non ne avvia mai una.",edit_drinks:"Bevande da mostrare",edit_drinks_help:"Se non ne scegli, tutte quelle non nascoste.",edit_care:"Mostra la manutenzione",edit_history:"Mostra le ultime quattro settimane",more:"Altre informazioni"};var at={card_name:"JURA-kaffemaskin",card_description:"Drikkene dens og dine egne, hva den gjør, og hva den trenger.",dashboard_name:"JURA-kaffemaskiner",dashboard_description:"En side for hver av maskinene dine.",drinks:"Drikker",own_drinks:"Dine drikker",machine_drinks:"Fra maskinen",no_drinks:"Alle drikker er skjult. Du kan vise dem i innstillingene for knappene deres.",no_chosen_drinks:"Ingen av drikkene som er valgt for dette kortet, finnes. Velg andre i innstillingene for kortet.",make:"Lag",hold:"Hold inne for å lage",press_again:"Trykk igjen for å lage",put_cup:"Står det en kopp klar?",as_usual:"Som vanlig",extras:"Ekstravalg",close:"Lukk",ordering:"Maskinen får bestillingen …",enjoy:"Velbekomme!",cancel:"Stopp",cancelling:"Stopper …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"i dag",cups_today:"Kopper i dag: {count}",needs:"Hva den trenger",show_how:"Slik gjør du",manual:"Bruksanvisning",video:"Video",care:"Vedlikehold",care_used:"{program}: {percent} % brukt",care_around:"rundt {date}",care_due:"nødvendig",care_due_since:"nødvendig siden {date}",history:"De siste fire ukene",history_all:"Kopper: {count}",history_summary:"Kopper de siste fire ukene: {count}, i snitt {average} om dagen",away:"Kan ikke nås",away_how:"Slå på maskinen, og lukk J.O.E.-appen på telefonen.",no_machine:"Ingen JURA er satt opp ennå.",add_machine:"Legg til en maskin",machine_gone:"Denne maskinen finnes ikke lenger. Velg en annen i innstillingene for kortet.",offline:"Home Assistant kan ikke nås akkurat nå. Ingenting er sendt til maskinen.",outcome_unknown:"Forbindelsen ble brutt, og ingen vet om dette nådde maskinen. Se på maskinen før du prøver igjen.",failed:"Det gikk ikke: {message}",edit_machine:"Maskin",edit_machine_help:"Trengs bare hvis du har flere.",edit_name:"Navn",edit_brew:"Slik startes en drikk",edit_brew_confirm:"Trykk, og bekreft så",edit_brew_hold:"Hold inne",edit_brew_help:"Én enkelt berøring starter aldri en drikk.",edit_drinks:"Drikker som vises",edit_drinks_help:"Velger du ingen, vises alle som ikke er skjult.",edit_care:"Vis vedlikeholdet",edit_history:"Vis de siste fire ukene",more:"Mer om maskinen"};var ot={card_name:"JURA-koffiemachine",card_description:"Zijn dranken en die van jou, wat hij doet en wat hij nodig heeft.",dashboard_name:"JURA-koffiemachines",dashboard_description:"Een pagina voor elk van je machines.",drinks:"Dranken",own_drinks:"Jouw dranken",machine_drinks:"Van de machine",no_drinks:"Alle dranken zijn verborgen. In de instellingen van hun knoppen kun je ze tonen.",no_chosen_drinks:"Geen van de dranken die voor deze kaart gekozen zijn, is er. Kies andere in de instellingen van de kaart.",make:"Bereiden",hold:"Ingedrukt houden om te bereiden",press_again:"Nog eens drukken om te bereiden",put_cup:"Staat er een kopje klaar?",as_usual:"Zoals gewoonlijk",extras:"Extra's",close:"Sluiten",ordering:"De machine krijgt de opdracht …",enjoy:"Geniet ervan!",cancel:"Stoppen",cancelling:"Wordt gestopt …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"vandaag",cups_today:"Kopjes vandaag: {count}",needs:"Wat hij nodig heeft",show_how:"Zo werkt het",manual:"Handleiding",video:"Video",care:"Onderhoud",care_used:"{program}: {percent} % verbruikt",care_around:"rond {date}",care_due:"nodig",care_due_since:"nodig sinds {date}",history:"Afgelopen vier weken",history_all:"Kopjes: {count}",history_summary:"Kopjes in de afgelopen vier weken: {count}, gemiddeld {average} per dag",away:"Niet bereikbaar",away_how:"Zet de machine aan en sluit de J.O.E.-app op je telefoon.",no_machine:"Er is nog geen JURA ingesteld.",add_machine:"Machine toevoegen",machine_gone:"Deze machine is er niet meer. Kies een andere in de instellingen van de kaart.",offline:"Home Assistant is op dit moment niet bereikbaar. Er is niets naar de machine gestuurd.",outcome_unknown:"De verbinding viel weg en niemand weet of dit de machine heeft bereikt. Kijk bij de machine voordat je het opnieuw probeert.",failed:"Dat is niet gelukt: {message}",edit_machine:"Machine",edit_machine_help:"Alleen nodig als je er meerdere hebt.",edit_name:"Naam",edit_brew:"Zo wordt een drank gestart",edit_brew_confirm:"Tikken, dan bevestigen",edit_brew_hold:"Ingedrukt houden",edit_brew_help:"Eén enkele aanraking start nooit een drank.",edit_drinks:"Getoonde dranken",edit_drinks_help:"Zonder keuze alle die niet verborgen zijn.",edit_care:"Onderhoud tonen",edit_history:"De afgelopen vier weken tonen",more:"Meer over de machine"};var dt={card_name:"Ekspres do kawy JURA",card_description:"Jego napoje i Twoje, co właśnie robi i czego potrzebuje.",dashboard_name:"Ekspresy do kawy JURA",dashboard_description:"Strona dla każdego z Twoich ekspresów.",drinks:"Napoje",own_drinks:"Twoje napoje",machine_drinks:"Z ekspresu",no_drinks:"Wszystkie napoje są ukryte. Można je pokazać w ustawieniach ich przycisków.",no_chosen_drinks:"Żadnego z napojów wybranych dla tej karty nie ma. Wybierz inne w jej ustawieniach.",make:"Przygotuj",hold:"Przytrzymaj, aby przygotować",press_again:"Naciśnij ponownie, aby przygotować",put_cup:"Czy filiżanka stoi na miejscu?",as_usual:"Jak zwykle",extras:"Dodatki",close:"Zamknij",ordering:"Ekspres otrzymuje zlecenie …",enjoy:"Smacznego!",cancel:"Zatrzymaj",cancelling:"Zatrzymywanie …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"dzisiaj",cups_today:"Filiżanki dzisiaj: {count}",needs:"Czego potrzebuje",show_how:"Jak to zrobić",manual:"Instrukcja",video:"Film",care:"Pielęgnacja",care_used:"{program}: zużyto {percent}%",care_around:"około {date}",care_due:"do zrobienia",care_due_since:"do zrobienia od {date}",history:"Ostatnie cztery tygodnie",history_all:"Filiżanki: {count}",history_summary:"Filiżanki w ostatnich czterech tygodniach: {count}, średnio {average} dziennie",away:"Nieosiągalny",away_how:"Włącz ekspres i zamknij aplikację J.O.E. w telefonie.",no_machine:"Nie skonfigurowano jeszcze żadnego ekspresu JURA.",add_machine:"Dodaj ekspres",machine_gone:"Tego ekspresu już nie ma. Wybierz inny w ustawieniach karty.",offline:"Home Assistant jest teraz nieosiągalny. Do ekspresu niczego nie wysłano.",outcome_unknown:"Utracono połączenie i nie wiadomo, czy to dotarło do ekspresu. Spójrz na ekspres, zanim spróbujesz ponownie.",failed:"Nie udało się: {message}",edit_machine:"Ekspres",edit_machine_help:"Potrzebne tylko, gdy masz ich kilka.",edit_name:"Nazwa",edit_brew:"Jak uruchamia się napój",edit_brew_confirm:"Dotknij, potem potwierdź",edit_brew_hold:"Naciśnij i przytrzymaj",edit_brew_help:"Pojedyncze dotknięcie nigdy go nie uruchamia.",edit_drinks:"Pokazywane napoje",edit_drinks_help:"Bez wyboru wszystkie, które nie są ukryte.",edit_care:"Pokaż pielęgnację",edit_history:"Pokaż ostatnie cztery tygodnie",more:"Więcej o nim"};var ct={card_name:"Máquina de café JURA",card_description:"As bebidas dela e as suas, o que está a fazer e do que precisa.",dashboard_name:"Máquinas de café JURA",dashboard_description:"Uma página para cada uma das suas máquinas.",drinks:"Bebidas",own_drinks:"As suas bebidas",machine_drinks:"Da máquina",no_drinks:"Todas as bebidas estão ocultas. Pode mostrar algumas nas definições dos respetivos botões.",no_chosen_drinks:"Nenhuma das bebidas escolhidas para este cartão está disponível. Escolha outras nas definições do cartão.",make:"Preparar",hold:"Manter premido para preparar",press_again:"Premir outra vez para preparar",put_cup:"Há uma chávena no lugar?",as_usual:"Como habitual",extras:"Extras",close:"Fechar",ordering:"A máquina recebe o pedido …",enjoy:"Bom proveito!",cancel:"Parar",cancelling:"A parar …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"hoje",cups_today:"Chávenas hoje: {count}",needs:"Do que precisa",show_how:"Como se faz",manual:"Manual",video:"Vídeo",care:"Manutenção",care_used:"{program}: {percent}% gasto",care_around:"por volta de {date}",care_due:"por fazer",care_due_since:"por fazer desde {date}",history:"Últimas quatro semanas",history_all:"Chávenas: {count}",history_summary:"Chávenas nas últimas quatro semanas: {count}, em média {average} por dia",away:"Inacessível",away_how:"Ligue a máquina e feche a aplicação J.O.E. no telemóvel.",no_machine:"Ainda não há nenhuma máquina JURA configurada.",add_machine:"Adicionar uma máquina",machine_gone:"Esta máquina já não existe. Escolha outra nas definições do cartão.",offline:"O Home Assistant não está acessível neste momento. Nada foi enviado à máquina.",outcome_unknown:"A ligação perdeu-se e não se sabe se isto chegou à máquina. Veja a máquina antes de tentar de novo.",failed:"Não funcionou: {message}",edit_machine:"Máquina",edit_machine_help:"Só é preciso se tiver várias.",edit_name:"Nome",edit_brew:"Como se inicia uma bebida",edit_brew_confirm:"Tocar e depois confirmar",edit_brew_hold:"Manter premido",edit_brew_help:"Um único toque nunca inicia nenhuma.",edit_drinks:"Bebidas a mostrar",edit_drinks_help:"Se não escolher nenhuma, todas as que não estão ocultas.",edit_care:"Mostrar a manutenção",edit_history:"Mostrar as últimas quatro semanas",more:"Mais sobre ela"};var lt={card_name:"JURA-kaffemaskin",card_description:"Dess drycker och dina egna, vad den gör och vad den behöver.",dashboard_name:"JURA-kaffemaskiner",dashboard_description:"En sida för var och en av dina maskiner.",drinks:"Drycker",own_drinks:"Dina drycker",machine_drinks:"Från maskinen",no_drinks:"Alla drycker är dolda. Du kan visa dem i inställningarna för deras knappar.",no_chosen_drinks:"Ingen av dryckerna som valts för det här kortet finns. Välj andra i kortets inställningar.",make:"Tillred",hold:"Håll in för att tillreda",press_again:"Tryck igen för att tillreda",put_cup:"Står det en kopp på plats?",as_usual:"Som vanligt",extras:"Tillval",close:"Stäng",ordering:"Maskinen får beställningen …",enjoy:"Varsågod!",cancel:"Stoppa",cancelling:"Stoppar …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",today:"idag",cups_today:"Koppar idag: {count}",needs:"Vad den behöver",show_how:"Så gör du",manual:"Bruksanvisning",video:"Video",care:"Underhåll",care_used:"{program}: {percent} % förbrukat",care_around:"omkring {date}",care_due:"behövs",care_due_since:"behövs sedan {date}",history:"De senaste fyra veckorna",history_all:"Koppar: {count}",history_summary:"Koppar de senaste fyra veckorna: {count}, i snitt {average} om dagen",away:"Kan inte nås",away_how:"Slå på maskinen och stäng J.O.E.-appen på din telefon.",no_machine:"Ingen JURA har konfigurerats än.",add_machine:"Lägg till en maskin",machine_gone:"Den här maskinen finns inte längre. Välj en annan i kortets inställningar.",offline:"Home Assistant kan inte nås just nu. Inget har skickats till maskinen.",outcome_unknown:"Anslutningen bröts och ingen vet om detta nådde maskinen. Titta på maskinen innan du försöker igen.",failed:"Det gick inte: {message}",edit_machine:"Maskin",edit_machine_help:"Behövs bara om du har flera.",edit_name:"Namn",edit_brew:"Så startas en dryck",edit_brew_confirm:"Tryck, bekräfta sedan",edit_brew_hold:"Håll intryckt",edit_brew_help:"En enda beröring startar aldrig en dryck.",edit_drinks:"Drycker som visas",edit_drinks_help:"Om du inte väljer några visas alla som inte är dolda.",edit_care:"Visa underhållet",edit_history:"Visa de senaste fyra veckorna",more:"Mer om maskinen"};var mn={cs:et,da:tt,de:nt,en:we,es:it,fr:rt,it:st,nb:at,nl:ot,pl:dt,pt:ct,sv:lt},gn={nn:"nb",no:"nb"},fn=(i,t)=>i.replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e)),ut=i=>{let t=i.toLowerCase().split("-")[0]??"";return mn[gn[t]??t]},V=i=>{let t=ut(i)??we;return(e,n={})=>fn(t[e],n)},pt=i=>ut(i)?i:"en",Z=()=>V(document.documentElement.lang),_n=["entity","exceptions","selector","services"],ht=async i=>{await Promise.all(_n.map(t=>i.loadBackendTranslation(t,"jura")))},bn=(i,t,e)=>i(`component.jura.entity.${t}.${e}.name`),xe=(i,t)=>bn(i,"button",`brew_${t}`)||t,q=(i,t)=>t.name??xe(i,t.product),mt=(i,t)=>i(`component.jura.services.brew.fields.${t}.name`)||t,$e=(i,t,e)=>i(`component.jura.selector.${t}.options.${e}`)||e,R=(i,t)=>i(`component.jura.exceptions.${t.key}.message`,t.placeholders)||t.key,gt=(i,t)=>i(`component.jura.entity.sensor.needs.state.${t.key.replace(/^blocked_/,"")}`)||R(i,t);var bt=["confirm","hold"],Ae=i=>{if(i.brew!==void 0&&!bt.includes(i.brew))throw new Error('"brew" is either "confirm" or "hold"');if(i.drinks!==void 0&&!Array.isArray(i.drinks))throw new Error('"drinks" is a list of buttons');return i},ft={device_id:"edit_machine_help",brew:"edit_brew_help",drinks:"edit_drinks_help"},_t={device_id:"edit_machine",name:"edit_name",brew:"edit_brew",drinks:"edit_drinks",care:"edit_care",history:"edit_history"},kt=()=>{let i=Z();return{schema:[{name:"device_id",selector:{device:{integration:"jura",entity:{domain:"button"}}}},{name:"name",selector:{text:{}}},{name:"brew",default:"confirm",selector:{select:{mode:"list",options:bt.map(t=>({value:t,label:i(`edit_brew_${t}`)}))}}},{name:"drinks",selector:{entity:{multiple:!0,reorder:!0,filter:{integration:"jura",domain:"button"}}}},{name:"care",default:!0,selector:{boolean:{}}},{name:"history",default:!0,selector:{boolean:{}}}],computeLabel:({name:t})=>_t[t]?i(_t[t]):t,computeHelper:({name:t})=>ft[t]?i(ft[t]):void 0,assertConfig:Ae}};var yt=v`
  :host {
    display: block;
    block-size: 100%;
  }
  ha-card {
    block-size: 100%;
    container-type: inline-size;
    overflow: hidden;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: var(--gap);
    padding: 20px;
    --gap: 20px;
  }
  /* Home Assistant's own header lies over the top of the page. */
  .stage,
  .trouble {
    scroll-margin-block: calc(var(--header-height, 56px) + 24px) 24px;
  }
  /* It is there all the time, so that what comes into it is read out. */
  .now:empty {
    margin-block-end: calc(-1 * var(--gap));
  }
  h2,
  h3,
  p,
  ul {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.25;
  }
  h3 {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    margin-block-end: 12px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
  }
  h3 span {
    font-weight: var(--ha-font-weight-normal, 400);
  }

  .head {
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    gap: 16px;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 4px;
    color: var(--secondary-text-color);
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--disabled-text-color);
  }
  .ready .dot,
  .enjoy .dot,
  .energy_saving .dot {
    background: var(--success-color);
  }
  .brewing .dot,
  .heating .dot,
  .rinsing .dot,
  .maintenance .dot {
    background: var(--primary-color);
  }
  .needs_attention .dot {
    background: var(--error-color);
  }
  .today {
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    line-height: 1.1;
    color: var(--secondary-text-color);
  }
  .today strong {
    font-size: var(--ha-font-size-2xl, 24px);
    font-weight: var(--ha-font-weight-normal, 400);
    font-variant-numeric: tabular-nums;
    color: var(--primary-text-color);
  }

  .stage {
    display: flex;
    align-items: center;
    gap: 20px;
    padding: 16px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-color) 9%, transparent);
  }
  .stage > ha-icon {
    --mdc-icon-size: 48px;
    color: var(--primary-color);
  }
  .ring {
    position: relative;
    flex: none;
    inline-size: 112px;
    block-size: 112px;
  }
  .ring > svg {
    position: absolute;
    inset: 0;
  }
  .ring > .drink {
    inset: 22px;
  }
  .ring circle {
    fill: none;
    stroke-width: 5;
  }
  .track {
    stroke: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .done {
    stroke: var(--primary-color);
    stroke-linecap: round;
    transform: rotate(-90deg);
    transform-origin: center;
    transition: stroke-dasharray 900ms linear;
  }
  .waiting .done {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    from {
      transform: rotate(-90deg);
    }
    to {
      transform: rotate(270deg);
    }
  }
  .about {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 4px;
    min-inline-size: 0;
  }
  .about h3 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    color: var(--primary-text-color);
  }
  .about p {
    color: var(--secondary-text-color);
  }
  /* What somebody has to do now. */
  .about .step {
    font-size: var(--ha-font-size-l, 16px);
    color: var(--primary-text-color);
  }
  .about .ways {
    margin-block-start: 12px;
  }
  .ways:not(:has(*)) {
    display: none;
  }
  .about .plain {
    min-block-size: 40px;
    margin-block-start: 8px;
  }

  .trouble,
  .needs li {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
  }
  .trouble ha-icon,
  .needs ha-icon {
    flex: none;
    color: var(--secondary-text-color);
  }
  .trouble span {
    flex: 1;
    min-inline-size: 0;
  }
  /* What leads further goes into a line of its own rather than squeeze the words. */
  .what {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .what > :first-child {
    flex: 1 1 9em;
  }
  .failed {
    background: color-mix(in srgb, var(--error-color) 14%, transparent);
  }
  .failed > ha-icon {
    color: var(--error-color);
  }
  .needs {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .needs .act,
  .needs .due {
    background: color-mix(in srgb, var(--warning-color) 16%, transparent);
  }
  .needs .act ha-icon,
  .needs .due ha-icon {
    color: var(--warning-color);
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  /* In the colour of text: the theme's own colour can't be read well on what is due. */
  .ways a,
  .link {
    padding: 8px 0;
    margin-block: -8px;
    color: inherit;
    background: none;
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: underline color-mix(in srgb, currentColor 40%, transparent);
    text-underline-offset: 4px;
  }
  .ways a:hover,
  .link:hover {
    text-decoration-color: currentColor;
  }
  .ways a:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }

  .drinks {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
    gap: 8px;
  }
  .tile {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    box-sizing: border-box;
    inline-size: 100%;
    block-size: 100%;
    padding: 12px 6px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
    transition: background 120ms;
  }
  /* Not on touch screens, where what was touched would stay so. */
  @media (hover: hover) {
    .tile:hover {
      background: color-mix(in srgb, var(--primary-color) 12%, transparent);
    }
  }
  .tile img,
  .cup svg {
    inline-size: 64px;
    block-size: 64px;
  }
  .tile img {
    border-radius: 12px;
    object-fit: cover;
  }
  .name {
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.25;
    text-align: center;
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  .why {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.25;
    color: var(--secondary-text-color);
    text-align: center;
  }
  .blocked img,
  .blocked .cup {
    opacity: 0.4;
    filter: grayscale(0.7);
  }
  .blocked .name {
    color: var(--secondary-text-color);
  }
  .tile.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
    border: 3px solid var(--primary-color);
    opacity: 0;
    clip-path: inset(100% 0 0 0);
  }
  .tile.holdable.held::before {
    opacity: 1;
    clip-path: inset(0);
    transition: clip-path 900ms linear;
  }
  .empty {
    color: var(--secondary-text-color);
  }

  .more {
    display: grid;
    gap: 20px;
  }
  .more:not(:has(section)) {
    display: none;
  }
  .care {
    display: grid;
    gap: 12px;
  }
  .care > div {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 12px;
  }
  .when {
    color: var(--secondary-text-color);
  }
  .bar {
    grid-column: 1 / -1;
    block-size: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
    overflow: hidden;
  }
  .bar > div {
    block-size: 100%;
    border-radius: inherit;
    background: var(--success-color);
  }
  .soon .bar > div {
    background: var(--warning-color);
  }
  .due .bar > div {
    background: var(--error-color);
  }
  .chart {
    display: block;
    inline-size: 100%;
    block-size: 56px;
  }
  .chart:dir(rtl) {
    transform: scaleX(-1);
  }
  .chart rect {
    fill: color-mix(in srgb, var(--primary-color) 55%, transparent);
  }
  .chart .now {
    fill: var(--primary-color);
  }
  .chart .none {
    fill: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
  }
  .axis {
    display: flex;
    justify-content: space-between;
    margin-block-start: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }

  .missing {
    align-items: center;
    padding: 32px 24px;
    text-align: center;
  }
  .missing svg {
    inline-size: 96px;
  }

  @container (inline-size > 620px) {
    .card {
      padding: 24px;
      --gap: 24px;
    }
    .drinks {
      grid-template-columns: repeat(auto-fill, minmax(116px, 1fr));
      gap: 12px;
    }
    .tile img,
    .cup svg {
      inline-size: 80px;
      block-size: 80px;
    }
    .more {
      grid-template-columns: 1fr 1fr;
      gap: 32px;
    }
    .needs {
      flex-direction: row;
      flex-wrap: wrap;
    }
    .needs li {
      flex: 1 1 260px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .done,
    .tile {
      transition: none;
    }
    .waiting .done {
      animation: none;
    }
  }
`;var I={espresso:{name:"espresso",holds:75,top:29,floor:51,wide:13,narrow:8.5,round:5,from:15,to:52},cup:{name:"cup",holds:185,top:23,floor:51,wide:17.5,narrow:11,round:8,from:11,to:57.5},mug:{name:"mug",holds:260,top:17,floor:53,wide:15.5,narrow:14,round:4,from:16,to:58},glass:{name:"glass",holds:290,top:9,floor:55,wide:13.5,narrow:9.5,round:3,from:18,to:46},pot:{name:"pot",holds:420,top:19,floor:54,wide:12,narrow:19,round:6,from:12,to:57}},kn=6,yn=7,vn=7,E=(i,t)=>Number(i[t]??0)||0,vt=["extra_mild","mild","normal","balanced","strong","intense","extra_strong"],wn=i=>{let t=i.strength,e=vt.indexOf(String(t)),n=e>=0?(e+1)/vt.length:Number(t??6)/10,r=Math.min(1,(E(i,"water")+2*E(i,"bypass"))/400);return Math.max(0,Math.min(1,.25+.75*(Number.isNaN(n)?.6:n)-.35*r))},xn=i=>i.includes("espresso_macchiat")?1:i.includes("cappuccin")?.55:i.includes("macchiat")?.45:.25,$n=(i,t,e)=>{let n=E(e,"water"),r=E(e,"bypass"),s={milk:E(e,"milk")*kn,foam:E(e,"milk_foam")*yn},a=s.milk&&s.foam||i==="milk",d=xn(t),o=s.milk+s.foam,c=a?s.milk:o*(1-d),p=a?s.foam:o*d,l=[{liquid:"milk",amount:c},{liquid:t.includes("chocolate")?"chocolate":"foam",amount:p}],m={liquid:"coffee",amount:n+r,dark:wn(e)};return(i==="water"?[{liquid:"water",amount:n||200}]:i==="milk"?c+p?l:[{liquid:"milk",amount:150}]:i!=="coffee_and_milk"?[m.amount?m:{...m,amount:100},{liquid:"crema",amount:vn}]:E(e,"milk_break")>0||t.includes("latte_macchiat")?[{liquid:"milk",amount:c},m,{liquid:"foam",amount:p}]:[m,...l]).filter(_=>_.amount>0)},An=(i,t,e)=>{let n=e.reduce((r,s)=>r+s.amount,0);return/(^|_)pot(_|$)/.test(t)?I.pot:i==="water"||i==="milk"||/latte|macchiat[oi]$/.test(t)&&n>110?I.glass:n<=78?I.espresso:n<=200?I.cup:I.mug},g=i=>Math.round(i*100)/100,j=(i,t)=>i.wide+(i.narrow-i.wide)*(t-i.top)/(i.floor-i.top),Sn=new Set(["foam","chocolate"]),zn=2.4,wt=(i,t,e)=>{if(!e)return`H${g(32+i)}`;let n=2*i/3;return[1,2,3].map(r=>{let s=32-i+r*n;return`Q${g(s-n/2)} ${g(t-2*zn)} ${g(s)} ${g(t)}`}).join("")},xt=(i,t,e,n=!1)=>{let r=j(i,t),s=l=>g(32-l),a=l=>g(32+l),d=Math.min(i.round,i.floor-t),o=Math.max(0,d-(i.floor-e)),c=j(i,e);if(o<.2)return`M${s(r)} ${g(t)}${wt(r,t,n)}L${a(c)} ${g(e)}H${s(c)}Z`;let p=j(i,i.floor-d);return`M${s(r)} ${g(t)}${wt(r,t,n)}L${a(p)} ${g(i.floor-d)}Q${a(j(i,i.floor))} ${g(e)} ${a(j(i,i.floor)-d)} ${g(e)}H${s(j(i,i.floor)-d)}Q${s(j(i,i.floor))} ${g(e)} ${s(p)} ${g(i.floor-d)}Z`},$t=(i,t=i.values??{},e=1)=>{let n=i.kind??"coffee",r=$n(n,i.product,t),s=An(n,i.product,r),a=r.reduce((m,f)=>m+f.amount,0),d=s.floor-s.top,o=Math.max(.42,Math.min(.9,a/s.holds))*d,c=s.floor-o*Math.max(0,Math.min(1,e)),p=[],l=s.floor;for(let{liquid:m,amount:f,dark:_}of r){let Ce=l-f/a*o,De=Math.max(Ce,c);De<l-.1&&p.push({liquid:m,dark:_??0,path:xt(s,De,l,Sn.has(m))}),l=Ce}return{vessel:s,layers:p,outline:xt(s,s.top,s.floor)}},At=({from:i,to:t})=>{let e=Math.min(.8,29/(t-i)),n=r=>`translate(${g(r)} ${g(57*(1-e))}) scale(${g(e)})`;return[n(31-t*e),n(33-i*e)]};var St={espresso:"M44.5 32.5c6-1 8 1.500 7 5.500c-1 3.500-4.500 5-9 5",cup:"M49 27.500c7-1 9 2.500 7.500 7.500c-1.500 4.500-6 6-11 6",mug:"M47.500 23.500c8.500-1 10 4 9.500 11.500c-.5 7-3.500 9-10 8.500",pot:"M46.500 24c8 0 10 5 9.500 12.500c-.4 5-2.500 7.500-6 8"},zt={espresso:"M15 55.500h34",cup:"M11 55.500h42"},jn=({vessel:{name:i},outline:t})=>b`
  ${St[i]?b`<path class="wall" d=${St[i]} />`:h}
  ${zt[i]?b`<path class="wall" d=${zt[i]} />`:h}
  ${i==="pot"?b`<path class="wall" d="M19 15.500h26M32 12v3M20.500 22l-7 6" />`:h}
  <path class="inside" d=${t} />
`,En=i=>b`
  ${jn(i)}
  ${i.layers.map(t=>b`<path class=${t.liquid} style=${`--dark:${Math.round(t.dark*100)}%`} d=${t.path} />`)}
  <path class="wall" d=${i.outline} />
`,P=(i,t,e)=>{let n=$t(i,t,e),r=i.is_double?At(n.vessel):[""];return b`<svg class="drink" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    ${r.map(s=>b`<g transform=${s}>${En(n)}</g>`)}
  </svg>`};var Y={drinks:[],making:null,links:{}},jt=i=>"minimum"in i,Et=(i,t)=>t?.length?t.flatMap(e=>i.find(n=>n.entity_id===e)??[]):i,Se=i=>{let t=i[0]?.why_not;return t&&i.every(e=>e.why_not?.key===t.key)?t:void 0},J=i=>({values:{...i.values},preselections:[...i.chosen_preselections??[]]}),Tt=(i,t,e)=>{let n=t.filter(r=>r!==e);return n.length<t.length?n:n.reduce((r,s)=>{let a=[...r,s];return i.combinations?.some(o=>a.every(c=>o.includes(c)))?a:r},[e])},Tn=(i,t)=>i.length===t.length&&i.every(e=>t.includes(e)),ze=(i,t,e)=>{let n=Object.entries(e.values).filter(([s,a])=>t.values?.[s]!==a),r=Tn(e.preselections,t.chosen_preselections??[]);return{device_id:i,product:t.drink,...Object.fromEntries(n),...r?{}:{preselections:e.preselections}}},Mt=(i,t)=>Object.keys(ze("",i,t)).length===2;var Q=i=>{history.pushState(null,"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:!1}}))};var X=(i,t)=>new Intl.DateTimeFormat("en-CA",{timeZone:t,year:"numeric",month:"2-digit",day:"2-digit"}).format(i),Rt=(i,t,e,n)=>{let r=new Map(i.map(o=>[X(o.start,n),Math.max(0,Math.round(o.change??0))])),s=new Map;for(let o=e;s.size<28;o-=432e5)s.set(X(o,n),o);let a=[...s].map(([o,c])=>({start:c,cups:r.get(o)??0})),d=a[0];return d&&t!==void 0&&(d.cups=t),a.reverse()},Pt=async(i,t,e)=>(await i.callWS({type:"recorder/statistics_during_period",start_time:new Date(e-25056e5).toISOString(),statistic_ids:[t],period:"day",types:["change"]}))[t]??[];var je=class{constructor(t,e){this.element=t;this.held=e;this.heldAt=0}get justHeld(){return performance.now()-this.heldAt<700}start(t){this.timer===void 0&&(this.from=t,this.element.classList.add("held"),this.timer=setTimeout(()=>{this.end(),this.heldAt=performance.now(),this.held()},900))}move(t){this.from&&Math.hypot(t.x-this.from.x,t.y-this.from.y)>12&&this.end()}end(){clearTimeout(this.timer),this.timer=void 0,this.element.classList.remove("held")}},Ct=new WeakMap,Mn=(i,t)=>{let e=Ct.get(i);return e||(e=new je(i,t),Ct.set(i,e)),e},ee=i=>{let t=e=>{let n=e.currentTarget;return Mn(n,()=>i(n))};return{down:e=>{e.button===0&&e.isPrimary&&t(e).start({x:e.clientX,y:e.clientY})},move:e=>t(e).move({x:e.clientX,y:e.clientY}),up:e=>t(e).end(),keydown:e=>{(e.key==="Enter"||e.key===" ")&&(e.preventDefault(),e.repeat||t(e).start())},wasHeld:e=>t(e).justHeld}};var ne="jura",Rn=new Set(["unknown","unavailable"]),Pn=["cleaning","descaling","filter_change"],W=i=>{let t=new Set;for(let e of Object.values(i.entities))e.platform===ne&&e.translation_key==="state"&&e.device_id&&t.add(e.device_id);return[...t].filter(e=>e in i.devices)},Dt=(i,t)=>{let e=W(i);return t?e.find(n=>n===t):e[0]},Ee=(i,t,e,n)=>{for(let r of Object.values(i.entities))if(r.platform===ne&&r.device_id===t&&r.translation_key===n&&r.entity_id.startsWith(`${e}.`))return i.states[r.entity_id]},x=i=>i&&!Rn.has(i.state)?i:void 0,te=i=>{let t=x(i)&&Number(i?.state);return t===void 0||Number.isNaN(t)?void 0:t},Cn=i=>{let[,t,e]=/^(.*)_(due|soon)$/.exec(i)??[];return{program:t,weight:e==="due"?"due":e==="soon"?"soon":"act"}},Te=(i,t)=>{let e=o=>Ee(i,t,"sensor",o),n=o=>o&&i.formatEntityState(o),r=i.devices[t],s=x(e("state")),a=Dn(i,x(e("needs"))),d=On(x(e("program")),x(e("program_step")),a,n);return{deviceId:t,name:r?.name_by_user??r?.name??"JURA",state:s?.state,words:n(s),needs:a.filter(o=>!d||o.program!==d.slug),making:Nn(x(e("current_drink")),e,n),program:d,care:Pn.flatMap(o=>Hn(i,e,o)),cupsToday:te(e("cups_today")),total:e("count_total")?.entity_id}},Dn=(i,t)=>{let e=t?.attributes.all;return!t||!Array.isArray(e)?[]:e.map(String).map(n=>({slug:n,words:i.formatEntityState(t,n),...Cn(n)}))},Nn=(i,t,e)=>{if(!i||i.state==="none")return;let n=x(t("phase"));return{product:i.state,phase:e(n),percent:te(t("progress")),elapsed:te(t("elapsed")),done:n?.state==="finished"}},On=(i,t,e,n)=>{if(!i||i.state==="none")return;let r=e.some(s=>s.program===i.state&&s.weight==="due");return{slug:i.state,words:n(i)??"",step:n(t),due:r}},Hn=(i,t,e)=>{let n=te(t(`due_${e}`));if(n===void 0)return[];let r=t("program"),s=x(t(`forecast_${e}`)),a=s&&new Date(s.state);return[{program:e,words:r?i.formatEntityState(r,e):e,percent:n,date:a&&!Number.isNaN(a.getTime())?a:void 0}]};var Un=i=>{if(i===3)return{kind:"unknown"};let{translation_domain:t,translation_key:e,translation_placeholders:n,message:r}=Object(i);return t==="jura"&&e?{kind:"reason",reason:{key:e,placeholders:n??{}}}:{kind:"other",message:r??String(i)}},Me=async(i,t,e)=>{if(!i.connected)return{kind:"offline"};try{await i.callService("jura",t,e,void 0,!1)}catch(n){return Un(n)}};var Ln={act:"mdi:alert-circle-outline",due:"mdi:wrench-outline",soon:"mdi:information-outline"},Ht=(i,t,e,n)=>u`<ul class="needs" aria-label=${n("needs")}>
    ${i.map(r=>u`<li class=${r.weight}>
          <ha-icon icon=${Ln[r.weight]}></ha-icon>
          <div class="what">
            <span>${r.words}</span>
            ${r.program?Pe(t[r.program],e&&r.weight==="due",n):h}
          </div>
        </li>`)}
  </ul>`,Pe=(i,t,e)=>{let n=(r,s)=>r?u`<a href=${`https://${r}`} target="_blank" rel="noreferrer">${s}</a>`:h;return u`<span class="ways">
    ${t?u`<button class="link" @click=${()=>Q("/config/repairs?historyBack=1")}>${e("show_how")}</button>`:h}
    ${n(i?.manual,e("manual"))} ${n(i?.video,e("video"))}
  </span>`},Nt=(i,t)=>new Intl.DateTimeFormat(t,{day:"numeric",month:"short"}).format(i),Ut=(i,t,e)=>u`<section aria-labelledby="care">
    <h3 id="care">${e("care")}</h3>
    <div class="care">
      ${i.map(n=>{let r=Math.max(0,Math.min(100,Math.round(n.percent)));return u`<div class=${r>=100?"due":r>=80?"soon":""}>
          <span>${n.words}</span><span class="when">${Vn(n,r,t,e)}</span>
          <div
            class="bar"
            role="img"
            aria-label=${e("care_used",{program:n.words,percent:r})}
          >
            <div style=${`inline-size:${r}%`}></div>
          </div>
        </div>`})}
    </div>
  </section>`,Vn=({date:i},t,e,n)=>t>=100?i?n("care_due_since",{date:Nt(i,e)}):n("care_due"):i?n("care_around",{date:Nt(i,e)}):new Intl.NumberFormat(e,{style:"percent"}).format(t/100),Ot=280,Re=56,Lt=(i,t,e,n)=>{let r=Math.max(1,...i.map(({cups:l})=>l)),s=i.reduce((l,{cups:m})=>l+m,0),a=Ot/i.length,d=new Intl.NumberFormat(t,{maximumFractionDigits:1}).format(s/i.length),o=new Intl.DateTimeFormat(t,{day:"numeric",month:"short",timeZone:e}),c=i.map(({start:l,cups:m},f)=>{let _=m?Math.max(4,m/r*Re):2;return b`<rect
      class=${f===i.length-1?"now":m?"":"none"}
      x=${f*a+a*.14} y=${Re-_} width=${a*.72} height=${_} rx="2"
    ><title>${o.format(l)}: ${m}</title></rect>`}),[p]=i;return u`<section aria-labelledby="history">
    <h3 id="history">${n("history")}<span>${n("history_all",{count:s})}</span></h3>
    <svg
      class="chart"
      viewBox="0 0 ${Ot} ${Re}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${n("history_summary",{count:s,average:d})}
    >
      ${c}
    </svg>
    <div class="axis" aria-hidden="true">
      <span>${p?o.format(p.start):""}</span><span>${n("today")}</span>
    </div>
  </section>`};var ie=v`
  .drink {
    display: block;
    overflow: visible;
  }
  .drink path {
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .wall {
    fill: none;
    stroke: color-mix(in srgb, var(--primary-text-color) 62%, transparent);
    stroke-width: 2;
  }
  .inside {
    fill: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
  }
  .coffee {
    fill: color-mix(in srgb, var(--jura-coffee-dark, #43281a) var(--dark), var(--jura-coffee-light, #a8744a));
  }
  .crema {
    fill: var(--jura-crema, #d3a266);
  }
  .milk {
    fill: var(--jura-milk, #f1dfc4);
  }
  .foam {
    fill: var(--jura-foam, #fff8ea);
    stroke: color-mix(in srgb, var(--jura-coffee-light, #a8744a) 45%, transparent);
    stroke-width: 0.9;
  }
  .water {
    fill: var(--jura-water, #8fcdea);
  }
  .chocolate {
    fill: var(--jura-chocolate, #c9a182);
  }
`,re=v`
  button {
    font: inherit;
    color: inherit;
    border: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  button:disabled {
    cursor: default;
  }
  .main,
  .plain {
    position: relative;
    min-block-size: 48px;
    padding: 0 20px;
    border-radius: 24px;
    font-weight: var(--ha-font-weight-medium, 500);
    overflow: hidden;
  }
  .main {
    color: var(--text-primary-color, #fff);
    background: var(--primary-color);
  }
  .main:disabled {
    color: var(--secondary-text-color);
    background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .plain {
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
  }
  .round {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    padding: 0;
    border-radius: 50%;
    background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
  }
  .holdable {
    touch-action: pan-y;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .main.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    background: rgb(255 255 255 / 0.35);
    transform: scaleX(0);
    transform-origin: left;
  }
  .main.holdable:dir(rtl)::before {
    transform-origin: right;
  }
  .main.holdable.held::before {
    transform: scaleX(1);
    transition: transform 900ms linear;
  }
`;var qn=36e5,In=12,se=class extends k{constructor(){super();this.holding=ee(e=>{let n=this.drinks.find(({entity_id:r})=>r===e.dataset.drink);n&&!n.why_not&&this.order({drink:n,wish:J(n)})});this.open=e=>{let n=e.currentTarget;this.config?.brew==="hold"&&this.holding.wasHeld(e)||(this.opened=n.dataset.drink)};this.cancel=async()=>{let{hass:e,deviceId:n}=this;!e||!n||this.cancelling||(this.failure=void 0,this.cancelling=!0,this.failure=await Me(e,"cancel",{device_id:n}),this.cancelling=!1)};this.offer=Y,this.cancelling=!1,this.rows=[]}static{this.properties={hass:{attribute:!1},config:{state:!0},offer:{state:!0},opened:{state:!0},ordering:{state:!0},cancelling:{state:!0},failure:{state:!0},rows:{state:!0}}}setConfig(e){this.config=Ae(e)}getCardSize(){return 4+Math.ceil(this.drinks.length/4)*2}getGridOptions(){return{columns:In,min_columns:6}}static getConfigForm(){return kt()}static getStubConfig(e){let[n,r]=W(e);return n&&r?{device_id:n}:{}}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),this.unsubscribe()}get deviceId(){return this.hass&&this.config&&Dt(this.hass,this.config.device_id)}get drinks(){return Et(this.offer.drinks,this.config?.drinks)}willUpdate(){let{hass:e,deviceId:n}=this;!e||!this.isConnected||(this.wordsOf!==e.language&&(this.wordsOf=e.language,ht(e).then(()=>this.requestUpdate())),this.subscribed?.to!==n&&(this.unsubscribe(),n&&this.subscribe(e,n)))}subscribe(e,n){let r=a=>{this.subscribed?.to===n&&(this.offer=a)},s=e.connection.subscribeMessage(r,{type:"jura/offer",device_id:n}).catch(()=>{this.subscribed?.to===n&&setTimeout(()=>this.resubscribe(n),5e3)});this.subscribed={to:n,end:s}}resubscribe(e){this.subscribed?.to===e&&(this.subscribed=void 0,this.requestUpdate())}unsubscribe(){this.subscribed?.end.then(e=>e?.()).catch(()=>{}),this.subscribed=void 0,this.offer=Y}updated(e){let{hass:n,deviceId:r}=this;n&&r&&this.config?.history!==!1&&this.fetchHistory(n,Te(n,r).total)}async fetchHistory(e,n){let r=Date.now(),s=X(r,e.config.time_zone),a=this.fetched;!n||!e.connected||a?.of===n&&a.on===s&&r-a.at<qn||(this.fetched={of:n,at:r,on:s},this.rows=await Pt(e,n,r).catch(()=>[]))}async order({drink:e,wish:n}){let{hass:r,deviceId:s}=this;!r||!s||this.ordering||(this.opened=void 0,this.failure=void 0,this.ordering=e,this.reveal(".stage"),this.failure=await Me(r,"brew",ze(s,e,n)),this.ordering=void 0,this.failure&&this.reveal(".failed"))}async reveal(e){await this.updateComplete;let r=matchMedia("(prefers-reduced-motion: reduce)").matches?"auto":"smooth";this.renderRoot.querySelector(e)?.scrollIntoView({block:"nearest",behavior:r})}render(){let{hass:e,config:n,deviceId:r}=this;if(!e||!n)return h;let s=V(e.language),a=pt(e.language);if(!r)return this.missing(s,n);let d=Te(e,r),o=n.history===!1?[]:Rt(this.rows,d.cupsToday,Date.now(),e.config.time_zone),c=this.offer.drinks.find(({entity_id:p})=>p===this.opened);return u`<ha-card>
      <div class="card">
        ${this.header(d,s)} ${this.now(d,s)} ${this.trouble(d,s)}
        ${d.needs.length?Ht(d.needs,this.offer.links,e.user?.is_admin??!1,s):h}
        ${this.groups(d,s)}
        <div class="more">
          ${n.care!==!1&&d.care.length?Ut(d.care,a,s):h}
          ${o.some(({cups:p})=>p)?Lt(o,a,e.config.time_zone,s):h}
        </div>
      </div>
      <jura-drink-dialog
        .drink=${c}
        .texts=${s}
        .localize=${e.localize}
        .hold=${n.brew==="hold"}
        @jura-close=${()=>this.opened=void 0}
        @jura-order=${p=>{this.order(p.detail)}}
      ></jura-drink-dialog>
    </ha-card>`}missing(e,n){return u`<ha-card>
      <div class="card missing">
        ${P({kind:"coffee",product:"coffee",values:{water:120,strength:5}})}
        <p>${e(n.device_id?"machine_gone":"no_machine")}</p>
        ${n.device_id||!this.hass?.user?.is_admin?h:u`<button
                class="main"
                @click=${()=>Q("/config/integrations/dashboard/add?domain=jura")}
              >
                ${e("add_machine")}
              </button>`}
      </div>
    </ha-card>`}header(e,n){let{state:r,words:s,cupsToday:a}=e;return u`<div class="head">
      <div>
        <h2>${this.config?.name||e.name}</h2>
        <p class="state ${r??"away"}"><span class="dot"></span>${s&&r?s:n("away")}</p>
      </div>
      ${a===void 0?h:u`<div class="today" role="img" aria-label=${n("cups_today",{count:a})}>
              <strong>${a}</strong><span>${n("today")}</span>
            </div>`}
    </div>`}now(e,n){return u`<div class="now" aria-live="polite">${this.going(e,n)}</div>`}going({making:e,program:n},r){if(e)return this.making(e,r);if(this.ordering)return this.stage(this.ordering,q(this.localize,this.ordering),r("ordering"),void 0,h);if(!n)return h;let s=this.offer.links[n.slug],a=(this.hass?.user?.is_admin??!1)&&(n.due||(s?.guided??!1));return u`<div class="stage">
      <ha-icon icon="mdi:wrench-clock"></ha-icon>
      <div class="about">
        <h3>${n.words}</h3>
        <p class="step">${n.step}</p>
        ${Pe(s,a,r)}
      </div>
    </div>`}making(e,n){let s=this.offer.drinks.find(c=>c.own&&c.name===this.offer.making)??this.offer.drinks.find(c=>!c.own&&c.product===e.product),a=this.offer.making??xe(this.localize,e.product),d=u`<button class="plain" ?disabled=${this.cancelling} @click=${this.cancel}>
      ${n(this.cancelling?"cancelling":"cancel")}
    </button>`,o=e.done?n("enjoy"):e.phase??"";return this.stage(s,a,o,e.done?100:e.percent,e.done?h:d)}stage(e,n,r,s,a){let d=e??{kind:"coffee",product:"coffee",values:{water:100}};return u`<div class="stage">
      <div
        class="ring ${s===void 0?"waiting":""}"
        role="progressbar"
        aria-label=${n}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${s??h}
      >
        <svg viewBox="0 0 100 100" aria-hidden="true">
          <circle class="track" cx="50" cy="50" r="46" />
          <circle class="done" cx="50" cy="50" r="46" pathLength="100" stroke-dasharray="${s??22} 100" />
        </svg>
        ${P(d,d.values,(s??0)/100)}
      </div>
      <div class="about">
        <h3>${n}</h3>
        <p>${r}</p>
        ${a}
      </div>
    </div>`}trouble(e,n){if(this.failure)return u`<div class="trouble failed" role="alert">
        <ha-icon icon="mdi:coffee-off-outline"></ha-icon><span>${this.told(this.failure,n)}</span>
        <button class="round" aria-label=${n("close")} @click=${()=>this.failure=void 0}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </div>`;let r=e.making||e.program||this.ordering?void 0:Se(this.drinks);if(!r||e.needs.some(({slug:a})=>r.key===`blocked_${a}`))return h;let s=e.state?R(this.localize,r):n("away_how");return u`<div class="trouble" role="status"><ha-icon icon="mdi:information-outline"></ha-icon><span>${s}</span></div>`}told(e,n){switch(e.kind){case"offline":return n("offline");case"unknown":return n("outcome_unknown");case"reason":return R(this.localize,e.reason);case"other":return n("failed",{message:e.message})}}groups(e,n){let{drinks:r}=this,s=Se(r),a=(c,p)=>u`<ul class="drinks" aria-label=${p}>
        ${c.map(l=>u`<li>${this.tile(l,s)}</li>`)}
      </ul>`,d=r.filter(c=>c.own),o=r.filter(c=>!c.own);return this.offer!==Y&&!r.length&&e.state?u`<p class="empty">${n(this.offer.drinks.length?"no_chosen_drinks":"no_drinks")}</p>`:!d.length||!o.length||this.config?.drinks?.length?a(r,n("drinks")):u`<section>
        <h3>${n("own_drinks")}</h3>
        ${a(d,n("own_drinks"))}
      </section>
      <section>
        <h3>${n("machine_drinks")}</h3>
        ${a(o,n("machine_drinks"))}
      </section>`}tile(e,n){let r=this.hass?.states[e.entity_id]?.attributes.entity_picture,s=e.why_not&&gt(this.localize,e.why_not),a=e.why_not&&!n,d=u`
      ${typeof r=="string"?u`<img src=${r} alt="" />`:u`<span class="cup">${P(e)}</span>`}
      <span class="name">${q(this.localize,e)}</span>
      ${a?u`<span class="why">${s}</span>`:h}
    `,o=`tile${e.why_not?" blocked":""}`;if(this.config?.brew!=="hold"||e.why_not)return u`<button class=${o} data-drink=${e.entity_id} aria-haspopup="dialog" @click=${this.open}>
        ${d}
      </button>`;let{holding:c}=this;return u`<button
      class="${o} holdable"
      data-drink=${e.entity_id}
      aria-haspopup="dialog"
      @pointerdown=${c.down}
      @pointermove=${c.move}
      @pointerup=${c.up}
      @pointerleave=${c.up}
      @pointercancel=${c.up}
      @contextmenu=${p=>p.preventDefault()}
      @click=${this.open}
    >
      ${d}
    </button>`}get localize(){return this.hass?.localize??(()=>"")}static{this.styles=[ie,re,yt]}};var Jn=500,Wn=3,Bn={ml:"millilitres",s:"seconds",count:"times"},ae=class extends k{constructor(){super();this.openedAt=0;this.close=()=>{this.dispatchEvent(new CustomEvent("jura-close"))};this.press=e=>{this.hold?e.detail===0&&this.asked?this.order():e.detail===0&&(this.asked=!0):this.order()};this.holding=ee(()=>this.order());this.backdrop=e=>{e.target===this.dialog&&this.close()};this.hold=!1,this.asked=!1,this.wish={values:{},preselections:[]}}static{this.properties={drink:{attribute:!1},texts:{attribute:!1},localize:{attribute:!1},hold:{type:Boolean},wish:{state:!0},asked:{state:!0}}}get dialog(){return this.renderRoot.querySelector("dialog")}willUpdate(e){let n=e.get("drink");e.has("drink")&&this.drink&&this.drink.entity_id!==n?.entity_id&&(this.wish=J(this.drink),this.asked=!1)}updated(e){e.has("drink")&&(this.drink&&!this.dialog?.open&&(this.dialog?.showModal(),this.openedAt=performance.now()),!this.drink&&this.dialog?.open&&this.dialog.close())}order(){let{drink:e,wish:n}=this;!e||e.why_not||performance.now()-this.openedAt<Jn||this.dispatchEvent(new CustomEvent("jura-order",{detail:{drink:e,wish:n}}))}set(e,n){this.wish={...this.wish,values:{...this.wish.values,[e]:n}}}render(){return u`<dialog aria-labelledby="name" @close=${this.close} @click=${this.backdrop}>
      ${this.drink?this.body(this.drink):h}
    </dialog>`}body(e){let{texts:n,localize:r,wish:s}=this,a=Object.entries(e.parameters??{}),d=e.preselections??[];return u`<div class="sheet">
      <div class="head">
        <h2 id="name">${q(r,e)}</h2>
        <button class="round" aria-label=${n("close")} title=${n("close")} @click=${this.close}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </div>
      <div class="picture">${P(e,s.values)}</div>
      ${a.map(([o,c])=>this.control(o,c))}
      ${d.length?u`<fieldset class="field">
              <legend>${n("extras")}</legend>
              <div class="switches">${d.map(o=>this.extra(e,o))}</div>
            </fieldset>`:h}
      <footer>
        ${e.why_not?u`<p class="reason" role="status">${R(r,e.why_not)}</p>`:u`<p class="hint">${n("put_cup")}</p>`}
        <div class="buttons">
          ${Mt(e,s)?h:u`<button class="plain" @click=${()=>this.wish=J(e)}>${n("as_usual")}</button>`}
          ${this.button(e)}
        </div>
      </footer>
    </div>`}button(e){let{texts:n,hold:r,holding:s}=this,a=n(r?this.asked?"press_again":"hold":"make");return r?u`<button
      class="main holdable"
      autofocus
      ?disabled=${!!e.why_not}
      @pointerdown=${s.down}
      @pointermove=${s.move}
      @pointerup=${s.up}
      @pointerleave=${s.up}
      @pointercancel=${s.up}
      @keydown=${s.keydown}
      @keyup=${s.up}
      @blur=${s.up}
      @contextmenu=${d=>d.preventDefault()}
      @click=${this.press}
    >
      ${a}
    </button>`:u`<button class="main" autofocus ?disabled=${!!e.why_not} @click=${this.press}>${a}</button>`}control(e,n){let r=mt(this.localize,e),s=this.wish.values[e]??n.default;if(jt(n)){let o=this.texts(Bn[n.unit],{count:Number(s)});return this.slider(e,r,o,n.minimum,n.maximum,n.step,Number(s),Number)}let{options:a}=n,d=o=>$e(this.localize,e,o);if(a.length>Wn){let o=Math.max(0,a.indexOf(String(s))),c=a[o]??"";return this.slider(e,r,d(c),0,a.length-1,1,o,p=>a[p]??c)}return u`<fieldset class="field">
      <legend>${r}</legend>
      <div class="options">
        ${a.map(o=>u`<label>
              <input
                type="radio"
                name=${e}
                .checked=${o===s}
                @change=${()=>this.set(e,o)}
              /><span>${d(o)}</span>
            </label>`)}
      </div>
    </fieldset>`}slider(e,n,r,s,a,d,o,c){return u`<div class="field">
      <label for=${e}>${n}</label><span class="value" aria-hidden="true">${r}</span>
      <input
        id=${e}
        type="range"
        min=${s}
        max=${a}
        step=${d}
        style=${`--filled:${100*(o-s)/(a-s||1)}%`}
        .value=${String(o)}
        aria-valuetext=${r}
        @input=${p=>this.set(e,c(Number(p.target.value)))}
      />
    </div>`}extra(e,n){return u`<label>
      <span>${$e(this.localize,"preselection",n)}</span>
      <input
        type="checkbox"
        role="switch"
        .checked=${this.wish.preselections.includes(n)}
        @change=${()=>this.wish={...this.wish,preselections:Tt(e,this.wish.preselections,n)}}
      />
    </label>`}static{this.styles=[ie,re,v`
      dialog {
        box-sizing: border-box;
        inline-size: min(420px, 100vw - 32px);
        max-block-size: calc(100dvh - 32px);
        padding: 0;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        color: var(--primary-text-color);
        background: var(--card-background-color);
        box-shadow: 0 12px 48px rgb(0 0 0 / 0.32);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      .sheet {
        display: flex;
        flex-direction: column;
        gap: 20px;
        padding: 20px 24px 24px;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      h2 {
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.3;
      }
      .picture {
        display: grid;
        place-items: center;
      }
      .picture svg {
        inline-size: 128px;
        block-size: 128px;
        margin-block-start: -20px;
      }
      .field {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 8px 12px;
        margin: 0;
        padding: 0;
        border: 0;
        min-inline-size: 0;
      }
      .field > label,
      legend {
        padding: 0;
        color: var(--secondary-text-color);
      }
      legend {
        margin-block-end: 8px;
      }
      .value {
        font-weight: var(--ha-font-weight-medium, 500);
        font-variant-numeric: tabular-nums;
      }
      input[type="range"] {
        grid-column: 1 / -1;
        appearance: none;
        inline-size: 100%;
        block-size: 28px;
        margin: 0;
        background: none;
        cursor: pointer;
        touch-action: pan-y;
        --direction: to right;
        --track: linear-gradient(
          var(--direction),
          var(--primary-color) var(--filled),
          color-mix(in srgb, var(--primary-text-color) 12%, transparent) var(--filled)
        );
      }
      input[type="range"]:dir(rtl) {
        --direction: to left;
      }
      input[type="range"]:focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
        border-radius: 14px;
      }
      input::-webkit-slider-runnable-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-moz-range-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-webkit-slider-thumb {
        appearance: none;
        inline-size: 22px;
        block-size: 22px;
        margin-block-start: -8px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      input::-moz-range-thumb {
        inline-size: 22px;
        block-size: 22px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      .options {
        grid-column: 1 / -1;
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 14px;
        background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
      }
      .options label {
        flex: 1 1 auto;
        position: relative;
      }
      .options input {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .options span {
        display: grid;
        place-items: center;
        min-block-size: 40px;
        padding: 0 12px;
        border-radius: 10px;
        text-align: center;
      }
      .options input:checked + span {
        background: color-mix(in srgb, var(--primary-color) 26%, var(--card-background-color));
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .options input:focus-visible + span {
        outline: 2px solid var(--primary-color);
        outline-offset: 1px;
      }
      .switches {
        grid-column: 1 / -1;
        padding: 0 16px;
        border-radius: 14px;
        background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
      }
      .switches label {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        min-block-size: 48px;
        cursor: pointer;
      }
      .switches label + label {
        border-block-start: 1px solid var(--divider-color);
      }
      .switches input {
        appearance: none;
        flex: none;
        box-sizing: border-box;
        inline-size: 44px;
        block-size: 26px;
        margin: 0;
        padding: 4px;
        border-radius: 13px;
        background: color-mix(in srgb, var(--primary-text-color) 38%, transparent);
        cursor: pointer;
        transition: background 120ms;
      }
      .switches input::before {
        content: "";
        display: block;
        inline-size: 18px;
        block-size: 18px;
        border-radius: 50%;
        background: #fff;
        transition: margin 120ms;
      }
      .switches input:checked {
        background: var(--primary-color);
      }
      .switches input:checked::before {
        margin-inline-start: 18px;
      }
      .switches input:focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
      }
      footer {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      p {
        margin: 0;
        text-align: center;
        color: var(--secondary-text-color);
      }
      .reason {
        padding: 12px 16px;
        border-radius: 12px;
        color: var(--primary-text-color);
        background: color-mix(in srgb, var(--warning-color) 18%, transparent);
      }
      .buttons {
        display: flex;
        gap: 12px;
      }
      .main {
        flex: 1;
      }
    `]}};var Kn=[["sensor","last_drink"],["sensor","count_total"],["switch","give_way"]],Fn=(i,t,e)=>{let n=i.devices[t],r=Kn.flatMap(([a,d])=>{let o=Ee(i,t,a,d);return o?[{type:"tile",entity:o.entity_id}]:[]}),s=[{type:"custom:jura-card",device_id:t,grid_options:{columns:"full"}}];return{title:n?.name_by_user??n?.name??"JURA",path:`machine-${e+1}`,icon:"mdi:coffee-maker",type:"sections",max_columns:3,sections:[{type:"grid",column_span:2,cards:s},{type:"grid",cards:[{type:"heading",heading:V(i.language)("more")},...r]}]}},oe=class extends HTMLElement{static async generate(t,e){let r=W(e).map((s,a)=>Fn(e,s,a));return{views:r.length?r:[{cards:[{type:"custom:jura-card"}]}]}}};var de=Z(),Vt="https://github.com/jura-home-assistant/jura-home-assistant/blob/main/docs/card.md",Gn=(i,t)=>{let e=i.entities[t];return e?.platform!==ne||!e.device_id?null:{config:{type:"custom:jura-card",device_id:e.device_id}}};customElements.get("jura-card")||(customElements.define("jura-drink-dialog",ae),customElements.define("jura-card",se),customElements.define("ll-strategy-dashboard-jura",oe),(window.customCards??=[]).push({type:"jura-card",name:de("card_name"),description:de("card_description"),preview:!0,documentationURL:Vt,getEntitySuggestion:Gn}),(window.customStrategies??=[]).push({type:"jura",strategyType:"dashboard",name:de("dashboard_name"),description:de("dashboard_description"),documentationURL:Vt}));
